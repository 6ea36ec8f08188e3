import { AuthError } from '../../src/core/index.js';
import type { Fault } from '../../src/testing/index.js';
import { FakeWorld } from '../support/fake-world.js';

const REFRESH = '/api/auth/refresh';

let world: FakeWorld;
beforeEach(() => (world = new FakeWorld()));
afterEach(() => world.close());

function problem(status: number, code: string): Fault {
  return async () =>
    Response.json({ code }, { status, headers: { 'Content-Type': 'application/problem+json' } });
}

describe('a server that cannot refresh', () => {
  it.each<[string, Fault]>([
    ['breaks connections', 'reset'],
    ['answers 503', 503],
    ['answers 404 with a page', 404],
    ['answers 400 with an unknown code', problem(400, 'tea_is_ready')],
    ['answers 401 with an unknown code', problem(401, 'tea_is_ready')],
  ])(
    'because it %s is asked at most ten times in a minute, and each of five callers a second knows within 2 seconds',
    async (_how, fault) => {
      const client = await world.signedIn();
      world.sleep();
      world.asked.length = 0;
      world.server.faults.each(({ url }) => (url.endsWith(REFRESH) ? fault : undefined));
      const waits: number[] = [];
      const call = async () => {
        const calledAt = world.nowMs;
        const error: unknown = await client.fetch('/api/orders').catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(AuthError);
        expect((error as AuthError).kind).not.toBe('auth');
        waits.push(world.nowMs - calledAt);
      };
      for (let second = 0; second < 60; second++) {
        for (let caller = 0; caller < 5; caller++) void call();
        await world.clock.advance(1_000);
      }
      await world.clock.advance(10_000);
      expect(waits).toHaveLength(300);
      expect(Math.max(...waits)).toBeLessThanOrEqual(2_000);
      expect(
        world.refreshes.filter((atMs) => atMs < world.refreshes[0]! + 60_000).length,
      ).toBeLessThanOrEqual(10);
      expect(client.getSnapshot()).toMatchObject({ status: 'authenticated' });

      world.server.faults.clear();
      await world.clock.advance(10_000);
      expect((await client.fetch('/api/orders')).status).toBe(200);
    },
  );

  it('says what is in the way, and when to try again', async () => {
    const client = await world.signedIn();
    world.sleep();
    world.server.faults.each(({ url }) => (url.endsWith(REFRESH) ? 'reset' : undefined));
    let told: unknown;
    // Pauses are of random length: a call that meets a short one asks the server itself.
    for (let call = 0; call < 20 && (told as { code?: string })?.code !== 'degraded'; call++)
      told = await world
        .within(4_000, client.fetch('/api/orders'))
        .catch((error: unknown) => error);
    expect(told).toMatchObject({
      code: 'degraded',
      kind: 'network',
      retryable: true,
      retryAfterSeconds: expect.any(Number),
    });
  });

  it('holds no process any more once every caller has been told', async () => {
    const holding = new Set<object>();
    const { clock } = world;
    const client = await world.signedIn({
      clock: {
        ...clock,
        setTimer(callback, milliseconds, background) {
          const timer = {};
          if (!background) holding.add(timer);
          const cancel = clock.setTimer(() => {
            holding.delete(timer);
            callback();
          }, milliseconds);
          return () => {
            holding.delete(timer);
            cancel();
          };
        },
      },
    });
    world.sleep();
    world.server.faults.each(({ url }) => (url.endsWith(REFRESH) ? 503 : undefined));
    for (let call = 0; call < 3; call++)
      await world.within(4_000, client.fetch('/api/orders')).catch(() => {});
    expect(holding.size).toBe(0);
  });

  it('is waited for by whoever says so', async () => {
    const client = await world.signedIn();
    world.sleep();
    for (let failures = 0; failures < 3; failures++) world.server.faults.next('refresh', 503);
    const response = world.within(20_000, client.fetch('/api/orders', { timeoutMs: 20_000 }));
    expect((await response).status).toBe(200);
  });

  it('is left alone until the date in Retry-After', async () => {
    const client = await world.signedIn();
    world.sleep();
    const date = new Date(world.clock.now() + 20_000).toUTCString();
    world.server.faults.next(
      'refresh',
      async () => new Response(null, { status: 503, headers: { 'Retry-After': date } }),
    );
    world.asked.length = 0;
    await world.within(15_000, client.fetch('/api/orders')).catch(() => {});
    expect(world.refreshes).toHaveLength(1);
    await world.clock.advance(90_000);
    expect(client.getSnapshot()).toMatchObject({ status: 'authenticated', degraded: undefined });
  });
});

describe('a server that is slow', () => {
  it.each(['bearer', 'cookie'] as const)(
    'and takes 6 seconds for each refresh keeps the session going, by %s',
    async (transport) => {
      const client = await world.signedIn({ transport });
      world.sleep();
      world.asked.length = 0;
      world.server.faults.each(({ url }) =>
        url.endsWith(REFRESH) ? { delayMs: 6_000 } : undefined,
      );
      expect((await world.within(20_000, client.fetch('/api/orders'))).status).toBe(200);
      await world.clock.advance(60_000);
      expect(client.getSnapshot()).toMatchObject({ status: 'authenticated', degraded: undefined });
      expect(world.refreshes.length).toBeLessThanOrEqual(2);
    },
  );

  it('is not believed any more where somebody has signed out meanwhile', async () => {
    const client = await world.signedIn();
    world.server.faults.next('refresh', { delayMs: 6_000 });
    const refreshed = client.refreshToken().catch(() => {});
    await world.clock.advance(5_500);
    await client.logout();
    await world.clock.advance(10_000);
    await refreshed;
    expect(client.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'signed_out' });
  });
});

describe('a device that says that it is offline', () => {
  const withNavigator = async (work: () => Promise<void>) => {
    const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
    Object.defineProperty(globalThis, 'navigator', {
      value: { onLine: false },
      configurable: true,
    });
    try {
      await work();
    } finally {
      if (before) Object.defineProperty(globalThis, 'navigator', before);
      else Reflect.deleteProperty(globalThis, 'navigator');
    }
  };

  it('although it is not, gets its tokens all the same, and is online from then on', () =>
    withNavigator(async () => {
      await (await world.signedIn()).fetch('/api/orders');
      world.sleep();
      const client = world.openTab();
      await client.ready();
      expect(client.getSnapshot()).toMatchObject({ degraded: 'offline' });
      expect((await world.within(100, client.fetch('/api/orders'))).status).toBe(200);
      expect(client.getSnapshot()).toMatchObject({ status: 'authenticated', degraded: undefined });
    }));

  it('while a response is on its way is believed', async () => {
    const client = await world.signedIn();
    world.server.faults.next('refresh', { delayMs: 1_000 });
    const refreshed = client.refreshToken();
    await world.clock.advance(500);
    client.notify('offline');
    await world.within(1_000, refreshed);
    expect(client.getSnapshot()).toMatchObject({ status: 'authenticated', degraded: 'offline' });
  });

  it('is silent of itself', () =>
    withNavigator(async () => {
      await world.signedIn();
      world.close();
      world.sleep();
      const client = world.openTab();
      await client.ready();
      world.asked.length = 0;
      await world.clock.advance(3_600_000);
      expect(world.asked).toEqual([]);
    }));
});
