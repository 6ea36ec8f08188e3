import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api, newEmail, outcomeOf, refreshTokenOf } from '../support/api.js';
import type { TokenResponse } from '../../src/auth/auth.dto.js';
import { TEST_SECRET } from '../support/app.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { serverEnvironment, startServer } from '../support/server-process.js';

const ADMIN_TOKEN = '3f9a1c5e7b2d4806a9c8e1f35d7b0246';
const SERVICE_TOKEN = 'e4b0c1f29a7d4e86b3f5a1907c2d8e64';
const PASSWORDS = [
  'canary-Violet-73-lantern',
  'canary-Copper-58-anchor',
  'canary-wrong-password',
] as const;

describe('a search for secrets', () => {
  it('finds no password, token or signature in the log at trace, in a dump of the database, in the metrics, nor in a crash report', async () => {
    const database = await createDatabase();
    const reports = mkdtempSync(join(tmpdir(), 'evergreen-report-'));
    const server = await startServer({
      ...serverEnvironment(database.url),
      LOG_LEVEL: 'trace',
      ADMIN_TOKEN,
      SERVICE_TOKENS: `orders:${SERVICE_TOKEN}`,
      ACCESS_TOKEN_RENEW_MINUTES: '60',
      // What Node writes when it crashes, written on a signal.
      NODE_OPTIONS: `--report-on-signal --report-directory=${reports}`,
    });
    const secrets = new Set<string>(PASSWORDS);
    const keep = (...tokens: (string | null | undefined)[]) => {
      for (const token of tokens)
        if (token) [token, ...token.split('.')].slice(0, 4).forEach((part) => secrets.add(part));
    };

    const api = new Api(server.url);
    const email = newEmail();
    const first = await api.register({ email, password: PASSWORDS[0] });
    keep(first.access_token, first.refresh_token);
    const me = await api.me(first.access_token);
    keep(me.headers.get('x-new-token'));
    const second = await api.refresh(refreshTokenOf(first));
    keep(second.body.access_token, second.body.refresh_token);
    await api.login(email, { password: PASSWORDS[2] });
    const changed = await api.changePassword(second.body.access_token, PASSWORDS[0], PASSWORDS[1]);
    keep(changed.body.access_token, changed.body.refresh_token);
    const fromPage = { origin: server.url, 'x-requested-with': 'fetch' };
    const inCookie = await api.call<TokenResponse>('POST', '/auth/login', {
      body: { email, password: PASSWORDS[1], transport: 'cookie' },
      headers: fromPage,
    });
    const [cookie = ''] = (inCookie.headers.get('set-cookie') ?? '').split(';');
    const refreshed = await api.call<TokenResponse>('POST', '/auth/refresh', {
      headers: { ...fromPage, cookie },
    });
    expect(refreshed.status).toBe(200);
    const [nextCookie = ''] = (refreshed.headers.get('set-cookie') ?? '').split(';');
    keep(
      inCookie.body.access_token,
      refreshed.body.access_token,
      cookie.split('=')[1],
      nextCookie.split('=')[1],
    );
    expect(
      (await api.call('GET', `/admin/users?user=${email}`, { token: ADMIN_TOKEN })).status,
    ).toBe(200);
    expect((await api.call('GET', '/admin/revocations', { token: `${ADMIN_TOKEN}x` })).status).toBe(
      401,
    );
    const introspect = (token: string) =>
      api.call('POST', '/auth/introspect', {
        token,
        body: new URLSearchParams({ token: changed.body.access_token }).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
    expect((await introspect(SERVICE_TOKEN)).status).toBe(200);
    expect((await introspect(`${SERVICE_TOKEN}x`)).status).toBe(401);
    await api.me(`${changed.body.access_token}x`);
    await api.call('POST', '/auth/refresh', {
      body: `{"refresh_token":"${changed.body.refresh_token}"`,
    });
    await api.call('GET', `/users/me?token=${changed.body.access_token}`);
    const thief = api.anotherDevice();
    const stolen = await thief.refresh(refreshTokenOf(changed.body));
    keep(stolen.body.access_token, stolen.body.refresh_token);
    const mine = await api.refresh(refreshTokenOf(changed.body));
    keep(mine.body.access_token, mine.body.refresh_token);
    await api.refresh(refreshTokenOf(mine.body));
    expect(outcomeOf(await thief.refresh(refreshTokenOf(stolen.body)))).toBe(
      'refresh_reuse_detected',
    );
    // A query that fails: its parameters must not follow the error into the log.
    await database.query(`ALTER TABLE users ADD CONSTRAINT nobody_new CHECK (false) NOT VALID`);
    expect(
      (
        await api.call('POST', '/auth/register', {
          body: { email: newEmail(), password: PASSWORDS[1] },
        })
      ).status,
    ).toBe(500);

    const tables = await database.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
    );
    let dump = '';
    for (const { name } of tables)
      dump += JSON.stringify(await database.query(`SELECT * FROM "${name}"`));
    server.signal('SIGUSR2');
    await eventually(() =>
      readdirSync(reports).some((name) => reportIn(join(reports, name)) !== ''),
    );
    const report = readdirSync(reports)
      .map((name) => reportIn(join(reports, name)))
      .join();
    rmSync(reports, { recursive: true });
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    await server.stop();
    await database.drop();

    expect(server.log).toContain('nobody_new');
    expect(dump).toContain(email);
    expect(report).toContain('javascriptStack');
    // The first part of a token is its header, the same in every token: a secret it is not, but a
    // sign that one was written.
    for (const secret of secrets) {
      const found = Object.entries({ log: server.log, dump, metrics, report }).filter(([, text]) =>
        text.includes(secret),
      );
      expect({ secret, foundIn: found.map(([name]) => name) }).toEqual({ secret, foundIn: [] });
    }
    // A report tells of the environment, and is therefore not for everybody. Nothing else holds
    // what opens everything.
    for (const text of [server.log, dump, metrics])
      for (const secret of [TEST_SECRET, ADMIN_TOKEN, SERVICE_TOKEN])
        expect(text).not.toContain(secret);
    expect(server.log).not.toMatch(/\$2[aby]\$/);
  });
});

/** The text of a report, or nothing while it is still being written. */
function reportIn(file: string): string {
  const text = readFileSync(file, 'utf8');
  return text.trimEnd().endsWith('}') ? text : '';
}
