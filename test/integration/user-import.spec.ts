import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { hash as argon2Hash } from '@node-rs/argon2';
import { hash as bcryptHash } from 'bcrypt';
import { Client } from 'pg';
import { UserImport } from '../../src/admin/index.js';
import { Api, newEmail, PASSWORD } from '../support/api.js';
import { startApp, TEST_FOLDER, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { UNDELIVERED } from '../support/mails.js';
import { runAdmin, serverEnvironment } from '../support/server-process.js';

/** Of the word "password", from the test of the reference implementation. */
const ARGON2I =
  '$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8';

let app: TestApp;
let folder: string;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'evergreen-import-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const fileOf = (lines: readonly (object | string)[], name = 'users.ndjson') => {
  const path = join(folder, name);
  const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  writeFileSync(path, texts.map((text) => `${text}\n`).join(''));
  return path;
};
const importFrom = (path: string, options: { isDryRun?: boolean; stopsAfter?: number } = {}) => {
  let batches = 0;
  return app.nest.get(UserImport, { strict: false }).run(path, {
    isDryRun: options.isDryRun ?? false,
    onProgress: () => {
      batches += 1;
      if (batches === options.stopsAfter) throw new Error('stopped');
    },
  });
};
const importLines = (...lines: (object | string)[]) => importFrom(fileOf(lines));
const reportOf = (path: string | undefined) =>
  readFileSync(path ?? '', 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { line: number; reasons: object[] });
const userOf = async (email: string) =>
  (await app.database.query<Record<string, unknown>>('SELECT * FROM users WHERE email = $1', [email]))[0]; // prettier-ignore
const countOf = async (pattern: string) => {
  const [row] = await app.database.query<{ count: string }>(
    'SELECT count(*) FROM users WHERE email LIKE $1',
    [pattern],
  );
  return Number(row?.count);
};

describe('UserImport', () => {
  it('adds a user with all that a line says', async () => {
    const id = randomUUID();
    const email = newEmail();
    const subject = randomUUID();
    const result = await importLines({
      id,
      email: email.toUpperCase(),
      email_verified: true,
      first_name: 'Ada',
      last_name: 'Virtanen',
      roles: ['editor', 'admin'],
      metadata: { plan: 'pro' },
      identities: [{ issuer: 'https://id.example', subject }],
      created_at: '2019-05-01T12:00:00Z',
    });
    expect(result).toMatchObject({ lines: 1, imported: 1, skipped: 0, reportPath: undefined });
    expect(await userOf(email)).toMatchObject({
      id,
      email,
      email_verified: true,
      password_hash: null,
      first_name: 'Ada',
      last_name: 'Virtanen',
      roles: ['admin', 'editor'],
      metadata: { plan: 'pro' },
      deactivated_at: null,
      sessions_end_before: null,
      created_at: new Date('2019-05-01T12:00:00Z'),
    });
    const identities = await app.database.query(
      'SELECT user_id FROM identities WHERE issuer = $1 AND subject = $2',
      ['https://id.example', subject],
    );
    expect(identities).toEqual([{ user_id: id }]);
  });

  describe('a login with an imported hash', () => {
    const bcrypt = async (prefix: string) =>
      (await bcryptHash(PASSWORD, 4)).replace('$2b$', () => prefix);
    const argon2 = { memoryCost: 1024, timeCost: 2, parallelism: 1 };

    it.each([
      ['$2a$', () => bcrypt('$2a$'), true],
      ['$2b$', () => bcrypt('$2b$'), false],
      ['$2y$', () => bcrypt('$2y$'), true],
      ['argon2id', () => argon2Hash(PASSWORD, argon2), true],
      ['argon2i', () => ARGON2I, true],
    ])('succeeds: %s', async (kind, hash, isReplaced) => {
      const password = kind === 'argon2i' ? 'password' : PASSWORD;
      const email = newEmail();
      const password_hash = await hash();
      await importLines({ email, password_hash });
      const api = new Api(app.url);
      const wrong = await api.login(email, { password: 'not-the-password-1' });
      expect(wrong.body.code).toBe('invalid_credentials');
      expect((await userOf(email))?.password_hash).toBe(password_hash);

      expect((await api.login(email, { password })).status).toBe(200);
      const stored = (await userOf(email))?.password_hash as string;
      expect(stored).toMatch(/^\$2b\$04\$/);
      expect(stored !== password_hash).toBe(isReplaced);
      expect((await api.login(email, { password })).status).toBe(200);
    });

    it('keeps the hash of Argon2 of a password that is too long for bcrypt', async () => {
      const [email, password] = [newEmail(), 'long '.repeat(20)];
      const password_hash = await argon2Hash(password, argon2);
      await importLines({ email, password_hash });
      for (let count = 0; count < 2; count++)
        expect((await new Api(app.url).login(email, { password })).status).toBe(200);
      expect((await userOf(email))?.password_hash).toBe(password_hash);
    });

    it('is refused without hash, with the code of a wrong password', async () => {
      const email = newEmail();
      await importLines({ email });
      expect((await new Api(app.url).login(email)).body.code).toBe('invalid_credentials');
    });

    it('may change the password', async () => {
      const email = newEmail();
      const api = new Api(app.url);
      await importLines({ email, password_hash: await argon2Hash(PASSWORD, argon2) });
      const { access_token: token } = (await api.login(email)).body;
      const body = { current_password: PASSWORD, new_password: 'copper-Meadow-58-anchor' };
      expect((await api.call('POST', '/auth/change-password', { token, body })).status).toBe(200);
    });
  });

  describe('what cannot be imported', () => {
    it('is reported with line numbers, and nothing else is lost', async () => {
      const [one, other] = [newEmail(), newEmail()];
      const path = fileOf([
        { email: one },
        '{"email":',
        '',
        { email: 'nobody', pasword_hash: 'x' },
        { email: newEmail(), password_hash: '5f4dcc3b5aa765d61d8327deb882cf99' },
        `{"email":"${'x'.repeat(70_000)}"}`,
        { email: other },
      ]);
      const result = await importFrom(path);
      expect(result).toMatchObject({
        lines: 7,
        imported: 2,
        skipped: 4,
        reasons: {
          not_json: 1,
          invalid_member: 1,
          unknown_member: 1,
          password_hash_unsupported: 1,
          line_too_long: 1,
        },
      });
      expect(result.reportPath).toBe(`${path}.skipped.ndjson`);
      expect(reportOf(result.reportPath)).toEqual([
        { line: 2, reasons: [{ code: 'not_json' }] },
        {
          line: 4,
          reasons: [
            { code: 'invalid_member', member: 'email' },
            { code: 'unknown_member', member: 'pasword_hash' },
          ],
        },
        { line: 5, reasons: [{ code: 'password_hash_unsupported' }] },
        { line: 6, reasons: [{ code: 'line_too_long' }] },
      ]);
      expect(statSync(`${path}.skipped.ndjson`).mode & 0o777).toBe(0o600);
      expect(await userOf(one)).toBeDefined();
      expect(await userOf(other)).toBeDefined();
    });

    it('includes addresses in any spelling, of users and of earlier lines', async () => {
      const { email, user } = await new Api(app.url).register();
      const name = randomUUID();
      const result = await importLines(
        { email: email.toUpperCase() },
        { email: `${name}@bücher.example`, first_name: 'First' },
        { email: `${name}@XN--BCHER-KVA.example` },
        { email: `${name.toUpperCase()}@BÜCHER.example` },
      );
      expect(reportOf(result.reportPath)).toEqual([
        { line: 1, reasons: [{ code: 'email_taken', of_user: user.id }] },
        { line: 3, reasons: [{ code: 'email_taken', of_line: 2 }] },
        { line: 4, reasons: [{ code: 'email_taken', of_line: 2 }] },
      ]);
      expect((await userOf(`${name}@xn--bcher-kva.example`))?.first_name).toBe('First');
    });

    it('includes ids and identities that somebody has', async () => {
      const { user } = await new Api(app.url).register();
      const identity = { issuer: 'https://id.example', subject: randomUUID() };
      await app.database.query(
        'INSERT INTO identities (issuer, subject, user_id) VALUES ($1, $2, $3)',
        [identity.issuer, identity.subject, user.id],
      );
      const [one, other] = [newEmail(), newEmail()];
      const result = await importLines(
        { email: one, id: user.id.toUpperCase() },
        { email: other, identities: [{ issuer: 'x', subject: other }, identity] },
      );
      expect(reportOf(result.reportPath)).toEqual([
        { line: 1, reasons: [{ code: 'id_taken', of_user: user.id }] },
        { line: 2, reasons: [{ code: 'identity_taken', of_user: user.id }] },
      ]);
      expect(await userOf(one)).toBeUndefined();
      expect(await userOf(other)).toBeUndefined();
    });

    it('includes an address to which its former owner may return', async () => {
      const { user } = await new Api(app.url).register();
      const former = newEmail();
      await app.database.query(
        `INSERT INTO proofs (id, purpose, user_id, address, token_hash, code_hash, created_at, expires_at)
         VALUES ($1, 'undo_address_change', $2, $3, $4, '', now(), now() + interval '72 hours')`,
        [randomUUID(), user.id, former, Buffer.from(randomUUID())],
      );
      const result = await importLines({ email: former });
      expect(reportOf(result.reportPath)).toEqual([
        { line: 1, reasons: [{ code: 'email_taken', of_user: user.id }] },
      ]);
    });

    it('includes an address that somebody takes while it is imported', async () => {
      const client = new Client({ connectionString: app.database.url });
      await client.connect();
      try {
        const [email, other, id] = [newEmail(), newEmail(), randomUUID()];
        await client.query('BEGIN');
        await client.query('INSERT INTO users (id, email) VALUES ($1, $2)', [id, email]);
        const importing = importLines({ email }, { email: other });
        await eventually(
          async () =>
            (
              await app.database.query(
                `SELECT FROM pg_stat_activity WHERE datname = current_database()
                 AND query LIKE '%INSERT INTO users%' AND wait_event_type = 'Lock'`,
              )
            ).length === 1,
        );
        await client.query('COMMIT');
        const result = await importing;
        expect(result).toMatchObject({ imported: 1, skipped: 1 });
        expect(reportOf(result.reportPath)).toEqual([
          { line: 1, reasons: [{ code: 'email_taken', of_user: id }] },
        ]);
        expect(await userOf(other)).toBeDefined();
      } finally {
        await client.end();
      }
    });
  });

  describe('an import that is stopped and started again', () => {
    /** Every tenth line is invalid, and every tenth has the address of the line before it. */
    const manyLines = (name: string, count: number) =>
      Array.from({ length: count }, (_, index) => {
        if (index % 10 === 3) return '{';
        return { email: `${name}-${index % 10 === 7 ? index - 1 : index}@example.com` };
      });

    it('imports each line once, and reports each once, wherever it was stopped', async () => {
      const name = randomUUID();
      const path = fileOf(manyLines(name, 1750));
      const runs = [];
      for (let run = 0; run < 4; run++)
        runs.push(await importFrom(path, { stopsAfter: 1 }).catch((error: unknown) => error));
      expect(runs.map(String)).toEqual(Array(4).fill('Error: stopped'));
      const last = await importFrom(path);
      expect(last).toMatchObject({ linesBefore: 1750, lines: 1750, imported: 1400, skipped: 350 });
      expect(await countOf(`${name}-%`)).toBe(1400);
      const reported = reportOf(last.reportPath).map(({ line }) => line);
      expect(reported).toHaveLength(350);
      expect(new Set(reported).size).toBe(350);
    });

    it('imports nobody again who has left since', async () => {
      const name = randomUUID();
      const path = fileOf(manyLines(name, 20));
      await importFrom(path);
      await app.database.query('DELETE FROM users WHERE email = $1', [`${name}-0@example.com`]);
      expect(await importFrom(path)).toMatchObject({ linesBefore: 20, imported: 16 });
      expect(await countOf(`${name}-%`)).toBe(15);
    });

    it('takes a file that has changed for another one', async () => {
      const name = randomUUID();
      await importFrom(fileOf(manyLines(name, 20)));
      const result = await importFrom(fileOf(manyLines(name, 30)));
      expect(result).toMatchObject({ linesBefore: 0, imported: 8, skipped: 22 });
    });

    it('writes over what it had reported of a batch that was not finished', async () => {
      const path = fileOf(manyLines(randomUUID(), 1000));
      await importFrom(path, { stopsAfter: 1 }).catch(() => undefined);
      const report = `${path}.skipped.ndjson`;
      writeFileSync(report, `${readFileSync(report, 'utf8')}{"line":503,"reas`);
      await importFrom(path);
      expect(reportOf(report).map(({ line }) => line)).toHaveLength(200);
    });

    it('refuses to go on without the report so far', async () => {
      const path = fileOf(manyLines(randomUUID(), 1000));
      await importFrom(path, { stopsAfter: 1 }).catch(() => undefined);
      rmSync(`${path}.skipped.ndjson`);
      await expect(importFrom(path)).rejects.toThrow('is not the report of this import so far');
    });

    it('has one of two processes at the same file, and each line once', async () => {
      const name = randomUUID();
      const path = fileOf(manyLines(name, 3000));
      const runs = await Promise.allSettled([importFrom(path), importFrom(path)]);
      expect(runs.map(({ status }) => status)).toContain('fulfilled');
      const last = await importFrom(path);
      expect(last).toMatchObject({ lines: 3000, imported: 2400, skipped: 600 });
      expect(await countOf(`${name}-%`)).toBe(2400);
      expect(reportOf(last.reportPath)).toHaveLength(600);
    });
  });

  describe('a dry run', () => {
    it('tells what an import would do, and does nothing', async () => {
      const { email, user } = await new Api(app.url).register();
      const name = randomUUID();
      const lines = Array.from({ length: 1200 }, (_, index) => ({
        email: `${name}-${index}@example.com`,
      }));
      const path = fileOf([...lines, { email }, { email: `${name}-0@EXAMPLE.com` }, '{']);
      const result = await importFrom(path, { isDryRun: true });
      expect(result).toMatchObject({ lines: 1203, imported: 1200, skipped: 3 });
      expect(result.reportPath).toBe(`${path}.dry-run.ndjson`);
      expect(reportOf(result.reportPath)).toEqual([
        { line: 1201, reasons: [{ code: 'email_taken', of_user: user.id }] },
        { line: 1202, reasons: [{ code: 'email_taken', of_line: 1 }] },
        { line: 1203, reasons: [{ code: 'not_json' }] },
      ]);
      expect(await countOf(`${name}-%`)).toBe(0);
      expect(await importFrom(path)).toMatchObject({ linesBefore: 0, imported: 1200, skipped: 3 });
      expect(await importFrom(path, { isDryRun: true })).toMatchObject({ imported: 0 });
    });
  });

  it('does nothing with an empty file', async () => {
    expect(await importLines()).toMatchObject({ lines: 0, imported: 0, skipped: 0 });
    expect(existsSync(join(folder, 'users.ndjson.skipped.ndjson'))).toBe(false);
  });
});

describe('npm run admin -- users import', () => {
  const env = () => ({ ...serverEnvironment(app.database.url), ...UNDELIVERED });
  const run = (...args: string[]) => runAdmin(env(), '--json', 'users', 'import', ...args);

  it('prints what it came to, and ends with 0', async () => {
    const path = fileOf([{ email: newEmail() }]);
    const { exitCode, stdout, stderr } = await run(path);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      dry_run: false,
      lines: 1,
      lines_before: 0,
      imported: 1,
      skipped: 0,
      report: null,
      reasons: [],
    });
  });

  it('ends with 5 if lines were skipped, and writes the report where it is told to', async () => {
    const path = fileOf([{ email: newEmail() }, '{']);
    const report = join(folder, 'report');
    for (const options of [['--dry-run'], []]) {
      const { exitCode, stdout } = await run(path, '--report', report, ...options);
      expect(exitCode).toBe(5);
      expect(JSON.parse(stdout)).toMatchObject({
        dry_run: options.length === 1,
        imported: 1,
        report,
        reasons: [{ code: 'not_json', lines: 1 }],
      });
      expect(reportOf(report)).toEqual([{ line: 2, reasons: [{ code: 'not_json' }] }]);
    }
  });

  it('ends with 2 if there is no such file', async () => {
    expect((await run(join(folder, 'nothing'))).exitCode).toBe(2);
    expect((await run(folder)).exitCode).toBe(2);
    expect((await run()).exitCode).toBe(2);
  });

  it('imports each line once after it was killed', async () => {
    const name = randomUUID();
    const path = fileOf(
      Array.from({ length: 10_000 }, (_, index) => ({ email: `${name}-${index}@example.com` })),
    );
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(process.execPath, [resolve('dist/admin.command.js'), 'users', 'import', path], {
      cwd: TEST_FOLDER,
      env: { PATH, HOME, ...env() },
      stdio: 'ignore',
    }); // prettier-ignore
    try {
      const ended = new Promise((done) => child.once('exit', (_code, signal) => done(signal)));
      await eventually(async () => (await countOf(`${name}-%`)) > 0);
      child.kill('SIGKILL');
      expect(await ended).toBe('SIGKILL');
    } finally {
      child.kill('SIGKILL');
    }
    const before = await countOf(`${name}-%`);
    expect(before).toBeLessThan(10_000);
    const { exitCode, stdout } = await run(path);
    expect(exitCode).toBe(0);
    const result = JSON.parse(stdout) as { lines_before: number };
    expect(result).toMatchObject({ lines: 10_000, imported: 10_000, skipped: 0 });
    expect(result.lines_before).toBeGreaterThanOrEqual(before);
    expect(await countOf(`${name}-%`)).toBe(10_000);
  });
});
