import { newWorld } from '../../test/support/native-app.js';
import type { AuthStorage } from './index.js';

describe('a client that is told before its first use that it is offline', () => {
  it('asks nothing of the server, keeps nobody waiting, and refreshes once when it is told that it is online', async () => {
    const world = newWorld();
    const storage = textStorage();
    await world.signedIn(storage);
    world.clock.sleep(8 * 3600);
    const { client } = world.startApp(storage);
    client.notify('offline');
    await client.ready();
    expect(client.getSnapshot()).toMatchObject({ status: 'authenticated', degraded: 'offline' });
    await world.clock.pass(3600);
    expect(world.server.asked).toEqual(['/api/auth/login']);

    client.notify('online');
    await world.clock.pass(2);
    expect(world.server.asked).toEqual(['/api/auth/login', '/api/auth/refresh']);
    client.dispose();
  });
});

function textStorage(): AuthStorage {
  let text: string | undefined;
  return {
    read: async () => (text === undefined ? { kind: 'absent' } : { kind: 'value', value: text }),
    write: async (value) => void (text = value),
  };
}
