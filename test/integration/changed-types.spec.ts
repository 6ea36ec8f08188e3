import { Api, outcomeOf, PASSWORD, refreshTokenOf } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';

const NEW_PASSWORD = 'copper-Meadow-58-anchor';

/** Columns, one of each table, each changed to a type of another size and back. */
const COLUMNS = [
  ['users', 'first_name', 'varchar(200)', 'text'],
  ['users', 'email', 'varchar(400)', 'text'],
  ['sessions', 'device_name', 'varchar(400)', 'text'],
  ['sessions', 'ip', 'varchar(60)', 'text'],
  ['sessions', 'fingerprint', 'varchar(300)', 'text'],
  ['revocations', 'lowest_epoch', 'bigint', 'integer'],
  ['security_events', 'network', 'varchar(100)', 'text'],
] as const;

describe('a type that changes under a running server', () => {
  let app: TestApp;
  let stop: () => Promise<unknown>;

  beforeEach(async () => (app = await startApp()));
  afterEach(async () => {
    await stop();
    await app.close();
  });

  it('makes no request fail with 500, and no refresh, list or login fail at all', async () => {
    const responses: { what: string; status: number; code?: string }[] = [];
    const note = async <A extends { status: number; body: { code?: string } }>(
      what: string,
      request: Promise<A>,
    ) => {
      const response = await request;
      responses.push({ what, status: response.status, code: response.body.code });
      return response;
    };
    const over = new AbortController();
    /** One person signs in and out, lists, and changes the password to and fro. */
    const use = async () => {
      const api = new Api(app.url);
      const { email } = await api.register();
      let password = PASSWORD;
      while (!over.signal.aborted) {
        const signedIn = await note('login', api.login(email, { password }));
        if (signedIn.status !== 200) continue;
        const { access_token: token } = signedIn.body;
        const refreshed = await note('refresh', api.refresh(refreshTokenOf(signedIn.body)));
        if (refreshed.status === 200) outcomeOf(refreshed);
        await note('list', api.call('GET', '/sessions', { token }));
        await note('me', api.me(token));
        await note('events', api.call('GET', '/auth/events', { token }));
        const wanted = password === PASSWORD ? NEW_PASSWORD : PASSWORD;
        const changed = await note('change', api.changePassword(token, password, wanted));
        if (changed.status === 200) password = wanted;
        const last = changed.status === 200 ? changed.body.access_token : token;
        await note('logout-all', api.call('POST', '/auth/logout-all', { token: last }));
        const again = await note('login', api.login(email, { password }));
        if (again.status === 200) await note('logout', api.logout(again.body.access_token));
      }
    };
    const users = Promise.all(Array.from({ length: 6 }, use));
    stop = async () => {
      over.abort();
      await users.catch(() => undefined);
    };
    const oneHundredMore = async () => {
      const goal = responses.length + 100;
      while (responses.length < goal)
        await Promise.race([users, new Promise((go) => setTimeout(go, 20))]);
    };
    await oneHundredMore();
    for (const [table, column, other, own] of COLUMNS)
      for (const type of [other, own]) {
        await app.database.query(`ALTER TABLE ${table} ALTER ${column} TYPE ${type}`);
        await oneHundredMore();
      }
    over.abort();
    await users;
    const failed = responses.filter(({ status }) => status >= 300);
    const inTransactions = ['change', 'logout-all'];
    expect(failed.filter(({ status }) => status !== 503)).toEqual([]);
    expect(failed.filter(({ what }) => !inTransactions.includes(what))).toEqual([]);
  });
});
