import type { DataSource } from 'typeorm';
import { composeMail, Outbox, type NewMail } from '../../src/mail/index.js';
import { DATABASE } from '../../src/platform/database/index.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { startSmtp, type SmtpReceiver } from '../support/smtp-receiver.js';

const RESET = {
  kind: 'reset_password',
  userId: null,
  recipient: 'ada@example.com',
  data: { token: 'abc', code: '12345678', expiresInMinutes: 30 },
} as const satisfies NewMail;

describe('a mail by SMTP', () => {
  let smtp: SmtpReceiver | undefined;
  let app: TestApp | undefined;

  afterEach(async () => {
    await app?.close();
    await smtp?.close();
    smtp = app = undefined;
  });

  const send = async (running: TestApp, mail: NewMail = RESET) => {
    const outbox = running.nest.get(Outbox);
    await running.nest
      .get<DataSource>(DATABASE)
      .transaction((manager) => outbox.add(mail, manager));
  };
  const begin = async (url: string, env: Readonly<Record<string, string>> = {}) =>
    (app = await startApp({ env: { MAIL_URL: url, MAIL_FROM: 'a@example.com', ...env } }));

  it('logs in with the user and the password of MAIL_URL', async () => {
    const logins: unknown[] = [];
    smtp = await startSmtp({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) => {
        logins.push([username, password]);
        done(null, { user: username });
      },
    });
    await send(await begin(smtp.url.replace('//', '//user%40example.com:p%40ss%25@')));
    await eventually(() => smtp?.received.length === 1);
    expect(logins).toEqual([['user@example.com', 'p@ss%']]);
  });

  it('waits for a login to be mended, and is not given up', async () => {
    let isRight = false;
    smtp = await startSmtp({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) =>
        isRight
          ? done(null, { user: 'user' })
          : done(Object.assign(new Error('wrong'), { responseCode: 535 })),
    });
    const running = await begin(smtp.url.replace('//', '//user:wrong@'));
    await send(running);
    await eventually(
      async () => (await running.database.query('SELECT FROM mails WHERE attempts = 1')).length > 0,
    );
    isRight = true;
    await eventually(
      () => {
        running.clock.advance({ seconds: 100 });
        return smtp?.received.length === 1;
      },
      { everyMs: 500, withinMs: 20_000 },
    );
  });

  it('is in the language of MAIL_LOCALE, with text and HTML in UTF-8', async () => {
    smtp = await startSmtp();
    await send(await begin(smtp.url, { MAIL_LOCALE: 'de' }), {
      ...RESET,
      kind: 'verify_address',
    });
    await eventually(() => smtp?.received.length === 1);
    const [mail] = smtp.received;
    expect(mail?.subject).toBe('Adresse bestätigen');
    expect(mail?.text).toContain('Bitte bestätigen Sie');
    expect(mail?.html).toContain('Bitte bestätigen Sie');
  });

  it("has a team's own text, whose subject is one line", async () => {
    smtp = await startSmtp();
    const parts = ({ link, code }: { link: string; code: string }) => [
      'Welcome back to Notes.',
      { link, label: 'Choose a password' },
      { code },
    ];
    app = await startApp({
      env: { MAIL_URL: smtp.url, MAIL_FROM: 'a@example.com', MAIL_LOCALE: 'fr' },
      mailTexts: {
        fr: {
          reset_password: (content) =>
            composeMail({
              language: 'fr',
              subject: 'Notes\r\nBcc: eve@example.com',
              parts: parts(content),
            }),
        },
      },
    });
    await send(app);
    await eventually(() => smtp?.received.length === 1);
    const [mail] = smtp.received;
    expect(mail?.subject).toBe('Notes Bcc: eve@example.com');
    expect(mail?.bcc).toBeUndefined();
    expect(mail?.text).toContain('Welcome back to Notes.');
  });

  it('goes to one recipient: what may be a list of addresses is given up', async () => {
    const envelopes: string[][] = [];
    smtp = await startSmtp({
      onRcptTo: ({ address }, _session, done) => {
        envelopes.push([address]);
        done();
      },
    });
    const running = await begin(smtp.url);
    await send(running, { ...RESET, recipient: 'ada@example.com, eve@example.com' });
    await send(running, { ...RESET, recipient: 'bob@example.com' });
    await eventually(() => envelopes.length > 0);
    expect(envelopes).toEqual([['bob@example.com']]);
    const givenUp = 'SELECT FROM mails WHERE given_up_at IS NOT NULL';
    await eventually(async () => (await running.database.query(givenUp)).length === 1);
  });
});
