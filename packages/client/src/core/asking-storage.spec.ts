import { newWorld } from '../../test/support/native-app.js';
import type { AuthStorage, StorageRead } from './index.js';

describe('a storage that asks a person', () => {
  it('is waited for as long as it says', async () => {
    const world = newWorld();
    const app = world.startApp(
      answeringWhen(
        new Promise((resolve) => world.clock.setTimer(() => resolve({ kind: 'absent' }), 45_000)),
      ),
    );
    void app.client.ready();
    await world.clock.pass(44);
    expect(app.status()).toBe('loading');
    await world.clock.pass(2);
    expect(app.status()).toBe('unauthenticated');
  });

  it('is asked once while the answer is awaited, and after a refusal only by ready()', async () => {
    const world = newWorld();
    let refuse = () => {};
    const storage = answeringWhen(
      new Promise(
        (resolve) => (refuse = () => resolve({ kind: 'unavailable', reason: 'declined' })),
      ),
    );
    const app = world.startApp(storage);
    void app.client.ready();
    app.client.notify('active');
    app.client.notify('online');
    await world.clock.pass(1);
    refuse();
    await world.clock.pass(120);
    app.client.notify('active');
    app.client.notify('offline');
    app.client.notify('online');
    await world.clock.pass(120);
    expect(app.status()).toBe('locked');
    expect(storage.reads).toBe(1);
    await app.client.ready();
    expect(storage.reads).toBe(2);
  });
});

function answeringWhen(answer: Promise<StorageRead>): AuthStorage & { reads: number } {
  return {
    reads: 0,
    timeoutMs: 600_000,
    read() {
      this.reads++;
      return answer;
    },
    write: async () => {},
  };
}
