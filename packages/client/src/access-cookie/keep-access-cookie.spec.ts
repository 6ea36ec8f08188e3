import { type AuthClient, createAuthClient } from '../core/index.js';
import {
  createFakeClock,
  createFakeServer,
  type FakeClock,
  type FakeServer,
} from '../testing/index.js';
import { keepAccessCookie } from './index.js';

const ADA = { email: 'ada@example.com', password: 'correct horse battery' };
const NAME = '__Host-evergreen_access';

describe('keepAccessCookie', () => {
  let clock: FakeClock;
  let server: FakeServer;
  let client: AuthClient;
  /** Everything that was ever written to `document.cookie`. */
  let written: string[];

  beforeEach(() => {
    clock = createFakeClock();
    server = createFakeServer({ clock });
    server.addUser(ADA);
    client = newClient();
    written = [];
    showPage('https:');
  });

  afterEach(() => {
    client.dispose();
    Reflect.deleteProperty(globalThis, 'document');
    Reflect.deleteProperty(globalThis, 'location');
  });

  function newClient(): AuthClient {
    return createAuthClient({ baseUrl: server.url, fetch: server.fetch, clock, storage: 'memory' });
  }

  /** As much of a page as it uses. */
  function showPage(protocol: string): void {
    const document = {
      set cookie(text: string) {
        written.push(text);
      },
    };
    Object.assign(globalThis, { document, location: { protocol } });
  }

  it('writes the access token, and each that follows it', async () => {
    keepAccessCookie(client);
    await client.login(ADA);
    await clock.settle();
    const first = await client.getAccessToken();
    await clock.advance(60_000);
    const second = await client.refreshToken();
    await clock.settle();
    expect(first).not.toBe(second);
    expect(written.slice(-2)).toEqual(
      [first, second].map((token) => `${NAME}=${token}; Path=/; SameSite=Lax; Secure`),
    );
  });

  it('writes why nobody is signed in, and no token after that', async () => {
    keepAccessCookie(client);
    await clock.settle();
    expect(written).toEqual([expect.stringMatching(`^${NAME}=none;`)]);
    await client.login(ADA);
    await clock.settle();
    await client.logout();
    await clock.settle();
    expect(written.at(-1)).toMatch(new RegExp(`^${NAME}=signed_out;`));
  });

  it('lets a sign-out stand that comes while it waits for the token', async () => {
    await client.login(ADA);
    let release = () => {};
    const held = new Promise<void>((released) => (release = released));
    const slow = {
      ...client,
      getAccessToken: async () => {
        const token = await client.getAccessToken();
        await held;
        return token;
      },
    };
    keepAccessCookie(slow);
    await clock.settle();
    await client.logout();
    release();
    await clock.settle();
    expect(written).toEqual([expect.stringMatching(`^${NAME}=signed_out;`)]);
  });

  it('has nothing refreshed for its sake', async () => {
    // By the calendar of this machine, the token of this one has long ended.
    clock = createFakeClock(Date.UTC(2020, 0, 1));
    server = createFakeServer({ clock });
    server.addUser(ADA);
    client = newClient();
    await client.login(ADA);
    let count = 0;
    keepAccessCookie({
      ...client,
      getAccessToken: () => {
        count++;
        return client.getAccessToken();
      },
    });
    await clock.settle();
    expect([count, written]).toEqual([0, []]);
  });

  it('leaves the cookie as it is once it is stopped', async () => {
    const stop = keepAccessCookie(client);
    stop();
    await client.login(ADA);
    await clock.settle();
    expect(written).toEqual([]);
  });

  it('does nothing on a server, where one client would serve all visitors', async () => {
    Reflect.deleteProperty(globalThis, 'document');
    keepAccessCookie(client)();
    await clock.settle();
    expect(client.getSnapshot()).toEqual({ status: 'loading' });
  });

  it.each([
    ['https:', 'shop', '; Secure'],
    ['http:', 'shop', ''],
    ['http:', NAME, '; Secure'],
  ])('is for https alone wherever it can be: %s, %s', async (protocol, name, attribute) => {
    showPage(protocol);
    keepAccessCookie(client, { name });
    await clock.settle();
    expect(written).toEqual([`${name}=none; Path=/; SameSite=Lax${attribute}`]);
  });
});
