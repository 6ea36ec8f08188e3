import { Outbox } from '../../src/mail/index.js';
import { Api, refreshTokenOf } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { mailboxOf } from '../support/mailbox.js';

/** Browsers of a user and of a thief, and what a thief could put into the name of one. */
const HOSTILE = '\u202e<script>alert(1)</script>evil.example/\r\nBcc:x@evil.example';

describe('notices by mail', () => {
  let app: TestApp;

  const start = async (env: Readonly<Record<string, string>> = {}) =>
    (app = await startApp({ env }));
  afterEach(() => app.close());

  const notices = async () =>
    (await mailboxOf(app.url)).filter(({ kind }) =>
      ['new_device', 'session_ended_for_reuse'].includes(kind),
    );
  const settled = async () => {
    const waiting = `SELECT FROM mails WHERE recipient IS NOT NULL`;
    await eventually(async () => (await app.database.query(waiting)).length === 0);
  };

  it('tells of a new device, and of none at registration or at the next sign-in', async () => {
    await start();
    const browser = new Api(app.url);
    const { email } = await browser.register();
    await browser.login(email);
    await settled();
    expect(await notices()).toEqual([]);
    await browser.anotherDevice().call('POST', '/auth/login', {
      body: { email, password: 'violet-Harbor-73-lantern' },
      headers: {
        'user-agent': 'Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0',
      },
    });
    await eventually(async () => (await notices()).length === 1);
    expect(await notices()).toMatchObject([{ kind: 'new_device', recipient: email }]);
    const [{ text, html } = { text: '', html: '' }] = await notices();
    for (const part of [text, html]) {
      expect(part).toContain('Firefox on Windows');
      expect(part).toContain('127.0.0.0/24');
      expect(part).not.toContain('127.0.0.1');
    }
  });

  it('tells of a session that was ended for reuse', async () => {
    await start({ REFRESH_GRACE_SECONDS: '0', ROTATION_POLICY: 'strict' });
    const browser = new Api(app.url);
    const session = await browser.register();
    const token = refreshTokenOf(session);
    const next = refreshTokenOf((await browser.refresh(token)).body);
    await browser.refresh(next);
    app.clock.advance({ minutes: 1 });
    expect((await browser.refresh(token)).body.code).toBe('refresh_reuse_detected');
    await eventually(async () => (await notices()).length === 1);
    expect(await notices()).toMatchObject([
      { kind: 'session_ended_for_reuse', recipient: session.email },
    ]);
  });

  it('is silent about what is turned off', async () => {
    await start({ MAIL_NOTICES: 'session_ended_for_reuse' });
    const browser = new Api(app.url);
    const { email } = await browser.register();
    expect((await browser.anotherDevice().login(email)).status).toBe(200);
    await settled();
    expect(await notices()).toEqual([]);
  });

  it('does not flood an address: ten of a kind within a day, and then again', async () => {
    await start();
    const browser = new Api(app.url);
    const { email } = await browser.register();
    for (let count = 0; count < 12; count++) await browser.anotherDevice().login(email);
    await settled();
    expect(await notices()).toHaveLength(10);
    app.clock.advance({ hours: 24, seconds: 1 });
    await browser.anotherDevice().login(email);
    await eventually(async () => (await notices()).length === 11);
  });

  it('lets nobody write into the mail of somebody else by the name of a device', async () => {
    await start();
    const browser = new Api(app.url);
    const { user } = await browser.register();
    const happened = { at: '2026-11-21T09:00:00Z', deviceName: HOSTILE, network: null };
    await app.nest.get(Outbox).notify('new_device', user.id, happened);
    await eventually(async () => (await notices()).length === 1);
    const mail = (await notices()).find(({ text }) => text.includes('alert'));
    expect(mail?.text).toContain(
      'Device: <script>alert(1)</ script>evil. example/ Bcc: x@ evil. example',
    );
    expect(mail?.html).toContain('&lt;script&gt;');
    for (const part of [mail?.text, mail?.html, mail?.subject]) {
      expect(part).not.toMatch(/[\u202a-\u202e\r]/);
      expect(part).not.toContain('evil.example');
    }
    expect(mail?.html).not.toContain('<script');
  });
});
