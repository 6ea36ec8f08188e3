import type { DataSource } from 'typeorm';
import { Outbox, type NewMail } from '../../src/mail/index.js';
import { DATABASE } from '../../src/platform/database/index.js';
import { Api, call } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { mailboxOf } from '../support/mailbox.js';

const TOKEN = 'l0nG_random-token';

const RESET = {
  kind: 'reset_password',
  userId: null,
  recipient: 'ada@example.com',
  data: { token: TOKEN, code: '12345678', expiresInMinutes: 30 },
} as const satisfies NewMail;

async function add({ nest }: TestApp, mail: NewMail): Promise<void> {
  const outbox = nest.get(Outbox);
  await nest.get<DataSource>(DATABASE).transaction((manager) => outbox.add(mail, manager));
}

describe('GET /mailbox', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp({ env: { PUBLIC_URL: 'https://auth.example.com/backend' } });
    await add(app, RESET);
    await eventually(async () => (await mailboxOf(app.url)).length === 1);
  });
  afterAll(() => app.close());

  it('lists the mails, and shows one as text and in a frame in which nothing runs', async () => {
    const list = await call('GET', `${app.url}/mailbox`);
    expect(list.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const [, path = ''] = /href="(mailbox\/[\w-]+)"/.exec(list.text) ?? [];
    const page = await call('GET', `${app.url}/${path}`);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(page.text).toContain('<iframe sandbox=""');
    expect(page.text).toContain(`https://auth.example.com/backend/reset-password#token=${TOKEN}`);
    expect(page.text).not.toContain('<script');
  });

  it('gives them to tests as JSON', async () => {
    expect(await mailboxOf(app.url)).toMatchObject([
      {
        kind: 'reset_password',
        recipient: 'ada@example.com',
        subject: 'Set a new password',
        link: `https://auth.example.com/backend/reset-password#token=${TOKEN}`,
        code: '12345678',
      },
    ]);
  });

  it('takes nothing for a link from the Host of a request', async () => {
    const headers = { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' };
    await call('GET', `${app.url}/mailbox`, { headers });
    await new Api(app.url).call('POST', '/auth/register', {
      body: { email: 'bob@example.com', password: 'violet-Harbor-73-lantern' },
      headers,
    });
    await add(app, { ...RESET, recipient: 'bob@example.com' });
    await eventually(async () => (await mailboxOf(app.url)).length >= 2);
    expect(JSON.stringify(await mailboxOf(app.url))).not.toContain('evil.example');
  });

  it.each(['/mailbox/none', '/mailbox/none/more', '/mailbox/%00'])(
    'finds nothing at %s',
    async (path) => {
      expect((await call('GET', `${app.url}${path}`)).body.code).toBe('not_found');
    },
  );

  it('has room for a hundred mails', async () => {
    const outbox = app.nest.get(Outbox);
    await app.nest.get<DataSource>(DATABASE).transaction(async (manager) => {
      for (let count = 0; count < 110; count++) await outbox.add(RESET, manager);
    });
    const waiting = `SELECT FROM mails WHERE sent_at IS NULL`;
    await eventually(async () => (await app.database.query(waiting)).length === 0);
    expect(await mailboxOf(app.url)).toHaveLength(100);
  });
});

describe('GET /mailbox, where there is none', () => {
  it.each([
    [{ NODE_ENV: 'production' }],
    [{ NODE_ENV: 'staging' }],
    [{ MAIL_URL: 'smtp://127.0.0.1:9', MAIL_FROM: 'a@example.com' }],
  ])('with %j is 404', async (env: Record<string, string>) => {
    const app = await startApp({ env });
    try {
      for (const path of ['/mailbox', '/mailbox.json', '/mailbox/x'])
        expect((await call('GET', `${app.url}${path}`)).body.code).toBe('not_found');
    } finally {
      await app.close();
    }
  });
});
