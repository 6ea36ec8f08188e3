import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { seal } from '../../src/mail/sealed-data.js';
import { TEST_SECRET } from '../support/app.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { serverEnvironment, startServer, type ServerProcess } from '../support/server-process.js';
import { startSmtp, type SmtpReceiver } from '../support/smtp-receiver.js';

const KILLS = 50;

const HAPPENED = { at: '2026-11-21T09:00:00.000Z', deviceName: null, network: null };

/** As many as one instance sends at the same time, so as many as one kill may double. */
const AT_ONCE = 5;

describe('an instance that is killed while it sends', () => {
  let database: TestDatabase;
  let smtp: SmtpReceiver;
  const servers: Promise<ServerProcess>[] = [];

  beforeEach(async () => {
    database = await createDatabase();
    // Slower than a server on the same machine, so that a kill often hits a mail in between.
    smtp = await startSmtp({ onConnect: (_session, done) => void pause(20).then(() => done()) });
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await (await server).stop('SIGKILL');
    await smtp.close();
    await database.drop();
  });

  const start = () => {
    const server = startServer({
      ...serverEnvironment(database.url),
      MAIL_URL: smtp.url,
      MAIL_FROM: 'no-reply@example.com',
      PUBLIC_URL: 'https://auth.example.com',
      LOG_LEVEL: 'warn',
    });
    servers.push(server);
    return server;
  };

  it(`loses nothing in ${KILLS} kills, and doubles only with the same Message-ID`, async () => {
    const traffic = addMails(database);
    let next = start();
    for (let kill = 0; kill < KILLS; kill++) {
      const running = await next;
      // It starts while this one sends.
      next = start();
      const before = smtp.received.length;
      await eventually(() => smtp.received.length > before, { withinMs: 30_000 });
      await pause(randomInt(0, 150));
      await running.stop('SIGKILL');
    }
    const added = await traffic.end();
    await next;
    // Instead of waiting until the leases of the killed instances end.
    const left = async () => {
      await database.query(
        `UPDATE mails SET due_at = clock_timestamp() WHERE sent_at IS NULL AND due_at > clock_timestamp() + interval '60 seconds'`,
      );
      return database.query('SELECT FROM mails WHERE sent_at IS NULL');
    };
    const isDone = async () => (await left()).length === 0;
    await eventually(isDone, { withinMs: 120_000, everyMs: 2000 });

    const ids = smtp.received.map(({ messageId }) => messageId);
    const expected = added.map((id) => `<${id}@example.com>`);
    expect([...new Set(ids)].sort()).toEqual(expected.sort());
    const doubles = ids.length - new Set(ids).size;
    console.log(`${added.length} mails, ${KILLS} kills, ${doubles} doubles`);
    expect(doubles).toBeLessThanOrEqual(KILLS * AT_ONCE + AT_ONCE);
    const recipients = smtp.received.map(({ messageId, to }) =>
      JSON.stringify([messageId, [to ?? []].flat().map(({ text }) => text)]),
    );
    expect(new Set(recipients).size).toBe(expected.length);
  }, 600_000);
});

const DUE = `SELECT FROM mails WHERE sent_at IS NULL AND due_at <= clock_timestamp()`;

/** Enough for an instance to be busy whenever it is killed. */
const MAX_DUE = 30;

/** Adds mails until it is ended; returns the ids of those that were committed. */
function addMails(database: TestDatabase) {
  const over = new AbortController();
  const work = (async () => {
    const ids: string[] = [];
    while (!over.signal.aborted) {
      await pause(25);
      if ((await database.query(DUE)).length > MAX_DUE) continue;
      const id = randomUUID();
      await database.query(
        `INSERT INTO mails (id, kind, recipient, data) VALUES ($1, 'password_changed', $2, $3)`,
        [id, `user-${id}@example.com`, seal(HAPPENED, id, TEST_SECRET)],
      );
      ids.push(id);
    }
    return ids;
  })();
  return {
    end: async () => {
      over.abort();
      return work;
    },
  };
}
