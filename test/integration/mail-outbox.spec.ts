import { randomUUID } from 'node:crypto';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { DataSource } from 'typeorm';
import { Outbox, type NewMail } from '../../src/mail/index.js';
import { MailSender } from '../../src/mail/mail-sender.js';
import { MailSweeper } from '../../src/mail/mail-sweeper.js';
import { DATABASE } from '../../src/platform/database/index.js';
import { Api } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { metricsOf } from '../support/metrics.js';
import { recipientsOf, startSmtp, type SmtpReceiver } from '../support/smtp-receiver.js';

const HAPPENED = { at: '2026-11-21T09:00:00.000Z', deviceName: 'Firefox', network: '192.0.2.0/24' };

function notice(recipient: string, userId: string | null = null): NewMail {
  return { kind: 'password_changed', userId, recipient, data: HAPPENED };
}

function reset(recipient: string): NewMail {
  const data = { token: 'tok-en_1', code: '12345678', expiresInMinutes: 30 };
  return { kind: 'reset_password', userId: null, recipient, data };
}

interface Row {
  recipient: string | null;
  data: object | null;
  attempts: number;
  is_sent: boolean;
  is_given_up: boolean;
}

describe('Outbox', () => {
  let smtp: SmtpReceiver;
  let app: TestApp;
  const others: TestApp[] = [];

  const start = async (env: Readonly<Record<string, string>> = {}, beside?: TestApp) =>
    startApp({
      env: { MAIL_URL: smtp.url, MAIL_FROM: 'Example <no-reply@example.com>', ...env },
      beside,
    });

  beforeEach(async () => {
    smtp = await startSmtp();
    app = await start();
  });
  afterEach(async () => {
    for (const other of others.splice(0)) await other.close();
    await app.close();
    await smtp.close();
  });

  const transaction = async (
    work: (outbox: Outbox, add: (mail: NewMail) => Promise<void>) => Promise<void>,
  ) => {
    const outbox = app.nest.get(Outbox);
    await app.nest.get<DataSource>(DATABASE).transaction(async (manager) => {
      await work(outbox, (mail) => outbox.add(mail, manager));
    });
  };
  const add = async (...mails: NewMail[]) =>
    transaction(async (_, one) => {
      for (const mail of mails) await one(mail);
    });
  const rows = async () =>
    app.database.query<Row>(
      `SELECT recipient, data, attempts, sent_at IS NOT NULL AS is_sent, given_up_at IS NOT NULL AS is_given_up
       FROM mails ORDER BY id`,
    );
  const events = async () =>
    app.database.query<{ user_id: string | null; details: { reason: string; kind: string } }>(
      `SELECT user_id, details FROM security_events WHERE type = 'mail_failed' ORDER BY id`,
    );
  const wake = () => app.nest.get(MailSender).wake();
  /** Until so many attempts of this instance have failed, and are recorded. */
  const postponed = async (count: number) => {
    await eventually(async () => (await failures()) >= count, { everyMs: 100 });
  };
  const failures = async () =>
    (await metricsOf(app.url)).value('evergreen_mails_total{result="postponed"}') ?? 0;

  it('sends a mail right after the commit, and forgets what it said', async () => {
    const begin = performance.now();
    await add(notice('ada@example.com'));
    await eventually(() => smtp.received.length === 1);
    expect(performance.now() - begin).toBeLessThan(3000);
    await eventually(async () => (await rows())[0]?.is_sent === true);
    expect(await rows()).toEqual([
      { recipient: null, data: null, attempts: 1, is_sent: true, is_given_up: false },
    ]);
    expect(recipientsOf(smtp)).toEqual(['ada@example.com']);
  });

  it('names the sender, and makes the Message-ID of the id of the row', async () => {
    await add(notice('ada@example.com'));
    await eventually(() => smtp.received.length === 1);
    const [{ id } = { id: '' }] = await app.database.query<{ id: string }>('SELECT id FROM mails');
    const [mail] = smtp.received;
    expect(mail?.messageId).toBe(`<${id}@example.com>`);
    expect(mail?.from?.text).toBe('"Example" <no-reply@example.com>');
    expect(mail?.headers.get('auto-submitted')).toBe('auto-generated');
  });

  it('keeps tokens and codes from whoever can read the database', async () => {
    await smtp.close();
    await add(reset('ada@example.com'));
    const [{ row } = { row: '' }] = await app.database.query<{ row: string }>(
      'SELECT mails::text AS row FROM mails',
    );
    expect(row).not.toMatch(/tok-en_1|12345678/);
    expect(row).toContain('ada@example.com');
  });

  it('sends nothing of a transaction that is rolled back', async () => {
    await transaction(async (_, one) => {
      await one(notice('ada@example.com'));
      throw new Error('rolled back');
    }).catch(() => undefined);
    await add(notice('bob@example.com'));
    await eventually(() => smtp.received.length > 0);
    expect(recipientsOf(smtp)).toEqual(['bob@example.com']);
  });

  it('sends each of many mails once, with two instances', async () => {
    others.push(await start({}, app));
    const recipients = Array.from({ length: 60 }, (_, index) => `user-${index}@example.com`);
    await add(...recipients.map((recipient) => notice(recipient)));
    for (const { nest } of others) nest.get(MailSender).wake();
    await eventually(() => smtp.received.length >= recipients.length, { withinMs: 20_000 });
    await eventually(async () => (await rows()).every(({ is_sent }) => is_sent));
    expect(recipientsOf(smtp).sort()).toEqual(recipients.sort());
  });

  it('drops the mails of an account that wait', async () => {
    await smtp.close();
    const [ada, bob] = [await new Api(app.url).register(), await new Api(app.url).register()];
    await app.database.query('DELETE FROM mails');
    await add(notice(ada.email, ada.user.id), notice(bob.email, bob.user.id));
    await app.nest
      .get<DataSource>(DATABASE)
      .transaction((manager) => app.nest.get(Outbox).dropOf(ada.user.id, manager));
    expect((await rows()).map(({ recipient }) => recipient)).toEqual([bob.email]);
  });

  it.each([
    ['from', 451],
    ['to', 450],
    ['data', 451],
    // A mistake of the configuration, which somebody can mend.
    ['from', 550],
  ] as const)('tries again what is refused at %s with %d', async (at, code) => {
    smtp.answers.push({ at, code });
    await add(notice('ada@example.com'));
    await postponed(1);
    expect(smtp.received).toHaveLength(0);
    app.clock.advance({ seconds: 16 });
    wake();
    await eventually(() => smtp.received.length === 1);
    expect(await events()).toEqual([]);
  });

  it.each([
    ['to', 550],
    ['data', 554],
  ] as const)('gives up what is refused at %s with %d, and tells of it', async (at, code) => {
    const { user, email } = await new Api(app.url).register();
    // The mail that proves the address, which must not take the answer below.
    await eventually(async () => (await rows())[0]?.is_sent === true);
    await app.database.query('DELETE FROM mails');
    smtp.answers.push({ at, code });
    await add(notice(email, user.id));
    await eventually(async () => (await rows())[0]?.is_given_up === true);
    expect(await rows()).toMatchObject([{ recipient: null, data: null, is_sent: false }]);
    expect(await events()).toMatchObject([
      { user_id: user.id, details: { reason: 'refused', kind: 'password_changed' } },
    ]);
    app.clock.advance({ hours: 1 });
    wake();
    await add(notice('bob@example.com'));
    await eventually(() => smtp.received.length === 2);
    expect(recipientsOf(smtp)).toEqual([email, 'bob@example.com']);
  });

  it('sends every mail once when a server returns that was away for an hour', async () => {
    const { port } = smtp;
    await smtp.close();
    await add(...['a', 'b', 'c'].map((name) => notice(`${name}@example.com`)));
    for (let minutes = 0; minutes < 60; minutes += 10) {
      await postponed(3 * (1 + minutes / 10));
      app.clock.advance({ minutes: 10 });
      wake();
    }
    await postponed(21);
    smtp = await startSmtp({}, port);
    app.clock.advance({ minutes: 10 });
    wake();
    await eventually(async () => (await rows()).every(({ is_sent }) => is_sent));
    expect(recipientsOf(smtp).sort()).toEqual(['a@example.com', 'b@example.com', 'c@example.com']);
    expect(await events()).toEqual([]);
  });

  it('gives up after a day, and tells of it', async () => {
    await smtp.close();
    await add(notice('ada@example.com'));
    await postponed(1);
    app.clock.advance({ hours: 24 });
    await eventually(async () => {
      wake();
      return (await rows())[0]?.is_given_up === true;
    });
    expect(await events()).toMatchObject([{ details: { reason: 'too_late' } }]);
    smtp = await startSmtp();
  });

  it('does not send a link that has expired', async () => {
    const { port } = smtp;
    await smtp.close();
    await add(reset('ada@example.com'));
    await postponed(1);
    smtp = await startSmtp({}, port);
    app.clock.advance({ minutes: 30 });
    await eventually(async () => {
      wake();
      return (await rows())[0]?.is_given_up === true;
    });
    expect(smtp.received).toEqual([]);
    expect(await events()).toMatchObject([
      { details: { reason: 'too_late', kind: 'reset_password' } },
    ]);
  });

  it('makes links of the configuration, and says how long they are still valid', async () => {
    smtp.answers.push({ at: 'to', code: 450 });
    await add(reset('ada@example.com'));
    await postponed(1);
    app.clock.advance({ minutes: 10 });
    wake();
    await eventually(() => smtp.received.length === 1);
    const [{ text = '', html = '' } = {}] = smtp.received;
    for (const part of [text, String(html)]) {
      expect(part).toContain('http://localhost:8000/reset-password#token=tok-en_1');
      expect(part).toContain('12345678');
      expect(part).toContain('within 20 minutes');
    }
  });

  it('delays a mail to a server that hangs, and no request and no shutdown', async () => {
    smtp.answers.push(...Array.from({ length: 9 }, () => ({ at: 'to', code: 'silent' }) as const));
    const begin = performance.now();
    for (let count = 0; count < 3; count++) await add(notice('ada@example.com'));
    await new Api(app.url).register();
    expect(performance.now() - begin).toBeLessThan(3000);
    await eventually(() => smtp.attempts >= 3);
    const other = await start({}, app);
    const closing = performance.now();
    await other.close();
    await app.nest.close();
    expect(performance.now() - closing).toBeLessThan(5000);
    // Left to other instances at once.
    const due = await app.database.query(
      'SELECT kind FROM mails WHERE due_at <= clock_timestamp()',
    );
    const notices = Array.from({ length: 3 }, () => ({ kind: 'password_changed' }));
    expect(due).toEqual(expect.arrayContaining([...notices, { kind: 'verify_address' }]));
    await app.database.drop();
    app = await start();
  });

  it('leaves a server that does not greet, and tries again', async () => {
    const mute = createServer();
    await new Promise<void>((listening) => mute.listen(0, '127.0.0.1', listening));
    const sockets: Socket[] = [];
    mute.on('connection', (socket) => sockets.push(socket));
    const { port } = mute.address() as AddressInfo;
    await app.close();
    app = await start({ MAIL_URL: `smtp://127.0.0.1:${port}` });
    await add(notice('ada@example.com'));
    await eventually(() => sockets.length === 1);
    const begin = performance.now();
    // The time limit of the greeting.
    await eventually(async () => (await failures()) > 0, { withinMs: 20_000, everyMs: 200 });
    expect(performance.now() - begin).toBeGreaterThan(8000);
    for (const socket of sockets) socket.destroy();
    mute.close();
    expect((await rows())[0]?.recipient).toBe('ada@example.com');
  });

  it('sends a mail again, with the same Message-ID, if nobody recorded that it was sent', async () => {
    await app.database.query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''not now''; END';
       CREATE TRIGGER refuse BEFORE UPDATE OF sent_at ON mails EXECUTE FUNCTION refuse()`,
    );
    await add(notice('ada@example.com'));
    await eventually(() => smtp.received.length === 1);
    app.clock.advance({ seconds: 85 });
    wake();
    await app.nest.get(MailSender).look();
    expect(smtp.received).toHaveLength(1);
    app.clock.advance({ seconds: 6 });
    await eventually(() => {
      wake();
      return smtp.received.length === 2;
    });
    await app.database.query('DROP TRIGGER refuse ON mails');
    app.clock.advance({ seconds: 91 });
    await eventually(async () => {
      wake();
      return (await rows())[0]?.is_sent === true;
    });
    expect(new Set(smtp.received.map(({ messageId }) => messageId)).size).toBe(1);
  });

  it('counts what waits, what was sent and what failed', async () => {
    smtp.answers.push({ at: 'to', code: 550 }, { at: 'to', code: 450 });
    await add(notice('ada@example.com'));
    await eventually(async () => (await rows())[0]?.is_given_up === true);
    await add(notice('bob@example.com'));
    await postponed(1);
    await add(notice('eve@example.com'));
    await eventually(() => smtp.received.length === 1);
    app.clock.advance({ seconds: 10 });
    await app.nest.get(MailSender).look();
    const metrics = await metricsOf(app.url);
    for (const result of ['sent', 'postponed', 'failed'])
      expect([result, metrics.value(`evergreen_mails_total{result="${result}"}`)]).toEqual([
        result,
        1,
      ]);
    expect(metrics.value('evergreen_mails_waiting')).toBe(1);
    expect(metrics.value('evergreen_mails_oldest_waiting_seconds')).toBeGreaterThanOrEqual(10);
  });

  it('deletes rows after a week', async () => {
    await add(notice('ada@example.com'));
    await eventually(async () => (await rows())[0]?.is_sent === true);
    app.clock.advance({ days: 7, seconds: -60 });
    await app.nest.get(MailSweeper).sweep();
    expect(await rows()).toHaveLength(1);
    app.clock.advance({ seconds: 61 });
    await app.nest.get(MailSweeper).sweep();
    expect(await rows()).toHaveLength(0);
  });

  it('tells nobody of a notice that is turned off', async () => {
    others.push(await start({ MAIL_NOTICES: 'new_device, address_changed' }, app));
    const [other] = others;
    await other?.nest
      .get<DataSource>(DATABASE)
      .transaction((manager) =>
        other.nest.get(Outbox).add(notice('ada@example.com', null), manager),
      );
    expect(await rows()).toEqual([]);
  });
});

describe('Outbox without MAIL_URL', () => {
  it('is not open in production, and adds nothing', async () => {
    const app = await startApp({ env: { NODE_ENV: 'production' } });
    try {
      const outbox = app.nest.get(Outbox);
      expect(outbox.isOpen).toBe(false);
      await app.nest
        .get<DataSource>(DATABASE)
        .transaction((manager) => outbox.add(notice(`${randomUUID()}@example.com`), manager));
      expect(await app.database.query('SELECT FROM mails')).toEqual([]);
    } finally {
      await app.close();
    }
  });
});
