import { createFakeClock, createFakeServer } from '../../testing/index.js';
import { type AuthClient, createAuthClient } from '../client.js';

const CREDENTIALS = { email: 'ada@example.com', password: 'violet-Harbor-73-lantern' };

/** One record, and what is wrong with its database. */
const disk = { record: undefined as unknown, refuses: false, failures: 0 };

const indexedDB = {
  open() {
    const request: { result: unknown; error: Error; onsuccess?: () => void; onerror?: () => void } =
      {
        result: { transaction },
        error: new Error('refused'),
      };
    setImmediate(() => (disk.refuses ? request.onerror?.() : request.onsuccess?.()));
    return request;
  },
};

function transaction() {
  const read: { result?: unknown; onsuccess?: () => void } = {};
  const objectStore = { get: () => read, put: (record: unknown) => (disk.record = record) };
  const handlers: {
    objectStore: () => unknown;
    error: Error;
    oncomplete?: () => void;
    onabort?: () => void;
  } = {
    objectStore: () => objectStore,
    error: new Error('aborted'),
  };
  setImmediate(() => {
    if (disk.failures-- > 0) return handlers.onabort?.();
    read.result = disk.record;
    read.onsuccess?.();
    handlers.oncomplete?.();
  });
  return handlers;
}

describe('a client whose record is in IndexedDB', () => {
  const clock = createFakeClock();
  const server = createFakeServer({ clock });
  const clients: AuthClient[] = [];

  beforeAll(() => {
    Object.assign(globalThis, { indexedDB });
    server.addUser(CREDENTIALS);
  });

  beforeEach(() => Object.assign(disk, { record: undefined, refuses: false, failures: 0 }));
  afterEach(() => clients.splice(0).forEach((client) => client.dispose()));
  afterAll(() => void Reflect.deleteProperty(globalThis, 'indexedDB'));

  function newClient(): AuthClient {
    const client = createAuthClient({
      baseUrl: server.url,
      fetch: server.fetch,
      clock,
      coordination: 'none',
    });
    clients.push(client);
    return client;
  }

  async function reloadedWith(failures: number): Promise<AuthClient> {
    const before = newClient();
    await before.login(CREDENTIALS);
    before.dispose();
    disk.failures = failures;
    const reloaded = newClient();
    await reloaded.ready();
    return reloaded;
  }

  it('says so where there is another one of the same server on the page, unless that is disposed of', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
    const [first, second] = [newClient(), newClient()];
    await first.ready();
    expect(warn).not.toHaveBeenCalled();
    await second.ready();
    expect(warn.mock.calls.flat()).toEqual([
      expect.stringMatching(/^There are two clients of evergreen-auth:https:.* call dispose/),
    ]);
    first.dispose();
    second.dispose();
    await newClient().ready();
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });

  it('is signed in after one transaction that has failed', async () => {
    expect((await reloadedWith(1)).getSnapshot()).toMatchObject({ status: 'authenticated' });
  });

  it('does not take failing transactions for nobody being signed in, and finds the session at the next reading', async () => {
    const reloaded = await reloadedWith(2);
    expect(reloaded.getSnapshot()).toEqual({ status: 'locked' });
    await reloaded.ready();
    expect(reloaded.getSnapshot()).toMatchObject({ status: 'authenticated' });
  });

  it('is kept in memory where the browser refuses a database', async () => {
    disk.refuses = true;
    const client = newClient();
    await client.ready();
    expect(client.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'none' });
    await client.login(CREDENTIALS);
    expect(client.getSnapshot()).toMatchObject({ status: 'authenticated' });
  });
});
