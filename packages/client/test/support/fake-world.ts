import {
  type AuthClient,
  type AuthClientOptions,
  createAuthClient,
  type RecordStore,
} from '../../src/core/index.js';
import {
  createFakeClock,
  createFakeServer,
  type FakeServerOptions,
} from '../../src/testing/index.js';

export const ADA = { email: 'ada@example.com', password: 'violet-Harbor-73-lantern' };
export const GRACE = { email: 'grace@example.com', password: 'copper-Meadow-58-anchor' };

const REFRESH = '/api/auth/refresh';

/** A server in memory, and tabs of one browser that share what is stored there, by key. */
export class FakeWorld {
  readonly clock = createFakeClock();
  readonly server;
  /** What has been asked of the server, and when, in milliseconds since the world began. */
  readonly asked: { readonly path: string; readonly atMs: number }[] = [];
  readonly stored = new Map<string, unknown>();
  private readonly startedAt = this.clock.actualNow();
  private readonly clients: AuthClient[] = [];

  constructor(rules: Omit<FakeServerOptions, 'clock'> = {}) {
    this.server = createFakeServer({ clock: this.clock, ...rules });
    this.server.addUser(ADA);
    this.server.addUser(GRACE);
    this.server.handle('GET /api/orders', () => Response.json([]));
  }

  openTab(options: AuthClientOptions = {}): AuthClient {
    const client = createAuthClient({
      baseUrl: this.server.url,
      clock: this.clock,
      fetch: this.fetch,
      storage: (key) => this.storeOf(key),
      ...options,
    });
    this.clients.push(client);
    return client;
  }

  async signedIn(options?: AuthClientOptions): Promise<AuthClient> {
    const client = this.openTab(options);
    await this.within(1_000, client.ready());
    await client.login(ADA);
    return client;
  }

  /** By a login provider: the page has no part in it but for the cookie. */
  async signInByRedirect(credentials: typeof ADA): Promise<void> {
    await this.server.fetch(`${this.server.url}/api/auth/login`, {
      method: 'POST',
      headers: { 'X-Requested-With': 'page', Origin: this.server.url },
      credentials: 'include',
      body: JSON.stringify({ ...credentials, transport: 'cookie' }),
    });
  }

  /** What it comes to, or rejects with, within so many milliseconds of the fake time. */
  async within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
    const [result] = await Promise.allSettled([promise, this.clock.advance(milliseconds)]);
    if (result.status === 'rejected') throw result.reason as Error;
    return result.value;
  }

  /** The device has slept for longer than an access token lives. */
  sleep(): void {
    this.clock.sleep(31 * 60_000);
  }

  get refreshes(): readonly number[] {
    return this.asked.filter(({ path }) => path === REFRESH).map(({ atMs }) => atMs);
  }

  get nowMs(): number {
    return this.clock.actualNow() - this.startedAt;
  }

  close(): void {
    for (const client of this.clients) client.dispose();
  }

  readonly fetch: typeof globalThis.fetch = (input, init) => {
    const { pathname: path } = new URL(input instanceof Request ? input.url : input);
    this.asked.push({ path, atMs: this.nowMs });
    return this.server.fetch(input, init);
  };

  private storeOf(key: string): RecordStore {
    return {
      shared: true,
      update: async (decide) => {
        const next = decide(structuredClone(this.stored.get(key)) as never);
        if (next) this.stored.set(key, structuredClone(next));
      },
    };
  }
}
