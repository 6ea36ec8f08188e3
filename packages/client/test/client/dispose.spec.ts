import { FakeWorld, ADA } from '../support/fake-world.js';

let world: FakeWorld;
beforeEach(() => (world = new FakeWorld()));
afterEach(() => world.close());

describe('dispose', () => {
  it.each(['bearer', 'cookie'] as const)(
    'with a refresh in flight is final: the server is asked no more, by %s',
    async (transport) => {
      const client = await world.signedIn({ transport });
      world.sleep();
      world.asked.length = 0;
      world.server.faults.next('refresh', { delayMs: 1_000 });
      const call = client.fetch('/api/orders').catch((error: unknown) => error);
      await world.clock.advance(500);
      client.dispose();
      expect(await world.within(60_000, call)).toMatchObject({ kind: 'aborted' });
      expect(world.refreshes).toHaveLength(1);
    },
  );

  it('is final for those who wait for their turn to refresh', async () => {
    const first = await world.signedIn();
    const second = world.openTab();
    await second.ready();
    world.sleep();
    world.asked.length = 0;
    world.server.faults.next('refresh', 'hang');
    void first.fetch('/api/orders').catch(() => {});
    await world.clock.advance(100);
    const waiting = second.fetch('/api/orders').catch((error: unknown) => error);
    await world.clock.advance(100);
    second.dispose();
    first.dispose();
    await world.clock.advance(60_000);
    expect(await waiting).toMatchObject({ kind: 'aborted' });
    expect(world.refreshes).toHaveLength(1);
  });

  it('lets a sign-in that is on its way succeed', async () => {
    const client = world.openTab();
    await client.ready();
    world.server.faults.next('login', { delayMs: 1_000 });
    const login = client.login(ADA);
    await world.clock.advance(500);
    client.dispose();
    expect(await world.within(1_000, login)).toMatchObject({ email: ADA.email });
  });

  it('lets a sign-out that is on its way succeed', async () => {
    const client = await world.signedIn();
    world.server.faults.next('logout', { delayMs: 1_000 });
    const logout = client.logout();
    await world.clock.advance(500);
    client.dispose();
    await world.within(1_000, logout);
    expect(world.server.sessions).toEqual([]);
  });

  it.each(['login', 'logout', 'changePassword', 'getAccessToken', 'fetch', 'reloadUser'] as const)(
    'leaves nothing to %s but a clear error',
    async (method) => {
      const client = await world.signedIn();
      client.dispose();
      const call = (client[method] as (input: unknown) => Promise<unknown>)('/api/orders');
      await expect(call).rejects.toMatchObject({ kind: 'aborted', code: 'disposed' });
      await client.ready();
      client.notify('active');
      await world.clock.advance(60_000);
    },
  );

  it('closes what the platform and the storage have given', async () => {
    let closed = 0;
    const storage = () => ({ update: async () => {}, close: () => void closed++ });
    world.openTab({ storage }).dispose();
    expect(closed).toBe(1);
  });
});
