import { execFileSync } from 'node:child_process';
import { chownSync, chmodSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { migrate, Primary } from '../../src/platform/database/index.js';
import { Api } from '../support/api.js';
import { eventually } from '../support/eventually.js';
import { startOwnPostgres, type OwnPostgres } from '../support/own-postgres.js';
import { serverEnvironment, startServer } from '../support/server-process.js';

// What docs/operations/deploy.md says of TLS to the database, with an authority of one's own.
describe('a database with TLS', () => {
  let postgres: OwnPostgres;
  let superuser: Client;

  beforeAll(async () => {
    postgres = await startOwnPostgres();
    superuser = new Client({ connectionString: postgres.url });
    await superuser.connect();
    const { rows } = await superuser.query<{ data_directory: string }>('SHOW data_directory');
    makeAuthority('ca');
    makeAuthority('other');
    makeCertificate('ca', statSync(rows[0]?.data_directory ?? ''));
    for (const setting of [
      `ssl_cert_file = '${file('server.crt')}'`,
      `ssl_key_file = '${file('server.key')}'`,
      `ssl = on`,
    ])
      await superuser.query(`ALTER SYSTEM SET ${setting}`);
    await superuser.query('SELECT pg_reload_conf()');
    const isOn = async () => (await superuser.query<{ ssl: string }>('SHOW ssl')).rows[0]?.ssl;
    await eventually(async () => (await isOn()) === 'on');
  });
  afterAll(async () => {
    await superuser.end();
    await postgres.remove();
  });

  const file = (name: string) => join(postgres.folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const urlOf = (host: string, query: string) =>
    `${Object.assign(new URL(postgres.url), { hostname: host }).href}?${query}`;
  const verified = (authority: string) => `sslmode=verify-full&sslrootcert=${file(authority)}.crt`;

  function makeAuthority(name: string): void {
    openssl(
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-days', '2', '-subj', `/CN=${name}`, '-keyout', file(`${name}.key`)],
      ...['-out', file(`${name}.crt`)],
    );
  }

  /** For the name localhost alone, with a key that only the server's user may read. */
  function makeCertificate(authority: string, { uid, gid }: { uid: number; gid: number }): void {
    writeFileSync(file('names'), 'subjectAltName=DNS:localhost');
    openssl(
      ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-subj', '/CN=database', '-keyout', file('server.key'), '-out', file('server.csr')],
    );
    openssl(
      ...['x509', '-req', '-days', '2', '-in', file('server.csr'), '-out', file('server.crt')],
      ...['-CA', file(`${authority}.crt`), '-CAkey', file(`${authority}.key`), '-CAcreateserial'],
      ...['-extfile', file('names')],
    );
    for (const name of ['server.key', 'server.crt']) chownSync(file(name), uid, gid);
    chmodSync(file('server.key'), 0o600);
  }

  it('serves a server that trusts its authority, and each of its connections is encrypted', async () => {
    const server = await startServer(serverEnvironment(urlOf('localhost', verified('ca'))));
    const api = new Api(server.url);
    const { access_token } = await api.register();
    expect((await api.me(access_token)).status).toBe(200);
    const { rows } = await superuser.query<{ application_name: string; ssl: boolean }>(
      `SELECT DISTINCT application_name, ssl FROM pg_stat_activity JOIN pg_stat_ssl USING (pid)
       WHERE application_name LIKE 'evergreen-%' ORDER BY 1`,
    );
    expect(rows).toEqual([
      { application_name: 'evergreen-auth', ssl: true },
      { application_name: 'evergreen-revocations', ssl: true },
    ]);
    expect(server.log).not.toContain('SECURITY WARNING');
    await server.stop();
  });

  it.each([
    [
      'of another authority',
      'localhost',
      () => verified('other'),
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    [
      'of an authority that is not public',
      'localhost',
      () => 'sslmode=verify-full',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    ['for another name', '127.0.0.1', () => verified('ca'), 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('is refused with a certificate %s', async (_what, host, query, code) => {
    const connecting = migrate(new Primary(urlOf(host, query())));
    await expect(connecting).rejects.toMatchObject({ code });
  });

  it('is not asked for a certificate where only sslmode=no-verify says so', async () => {
    await migrate(new Primary(urlOf('127.0.0.1', 'sslmode=no-verify')));
  });
});
