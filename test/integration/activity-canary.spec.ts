import { Api, newEmail, PASSWORD, refreshTokenOf, type ApiResponse } from '../support/api.js';
import type { TokenResponse } from '../../src/auth/auth.dto.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startReceiver, type Receiver } from '../support/receiver.js';
import { serverEnvironment, startServer, type ServerProcess } from '../support/server-process.js';

const STRANGER = '203.0.113.77';
const WRONG_PASSWORD = 'canary-Wrong-41-password';
const NEW_PASSWORD = 'canary-Meadow-58-anchor';
const SECRET = 'a6c0f6c1d0f2e94b7c58d3e1904fb72e';

describe('what is recorded, logged and posted', () => {
  let database: TestDatabase;
  let receiver: Receiver;
  let server: ServerProcess;

  beforeAll(async () => {
    [database, receiver] = await Promise.all([createDatabase(), startReceiver()]);
    server = await startServer({
      ...serverEnvironment(database.url),
      TRUST_PROXY: '127.0.0.1',
      LOG_LEVEL: 'trace',
      ANOMALY_ACTION: 'notify',
      SECURITY_WEBHOOK_URL: receiver.url,
      SECURITY_WEBHOOK_SECRET: SECRET,
    });
  });
  afterAll(async () => {
    await server.stop();
    receiver.close();
    await database.drop();
  });

  it('holds no token, no password, no address that nobody has registered and nobody’s full network address', async () => {
    const browser = new Api(server.url);
    const headers = { 'x-forwarded-for': STRANGER };
    const unknownEmail = newEmail();
    const session = await browser.register();
    const tokens: string[] = [];
    const keep = (response: ApiResponse<TokenResponse>) => {
      tokens.push(response.body.access_token, refreshTokenOf(response.body));
      return response.body;
    };
    const login = async (email: string, password: string) =>
      browser
        .anotherDevice()
        .call<TokenResponse>('POST', '/auth/login', { body: { email, password }, headers });

    keep(await login(session.email, PASSWORD));
    for (let count = 0; count < 12; count++)
      await login(count % 2 ? unknownEmail : session.email, WRONG_PASSWORD);
    const stolen = keep(await browser.anotherDevice().refresh(refreshTokenOf(session)));
    keep(
      await browser.refresh(
        keep(await browser.refresh(refreshTokenOf(session))).refresh_token ?? '',
      ),
    );
    await browser.refresh(refreshTokenOf(stolen));
    const again = keep(await login(session.email, PASSWORD));
    await browser.changePassword(again.access_token, WRONG_PASSWORD, NEW_PASSWORD);
    keep(await browser.changePassword(again.access_token, PASSWORD, NEW_PASSWORD));
    await database.query('ALTER TABLE security_events RENAME TO security_events_away');
    keep(await login(session.email, NEW_PASSWORD));
    await login(unknownEmail, WRONG_PASSWORD);
    await database.query('ALTER TABLE security_events_away RENAME TO security_events');

    await eventually(
      () => receiver.received.length >= 4 && server.log.includes('auth.refresh.reuse_detected'),
    );
    const rows = await database.query<{ type: string }>('SELECT * FROM security_events');
    expect(rows.length).toBeGreaterThan(15);
    expect(server.log).toContain('A security event was not recorded.');
    const everything = JSON.stringify([rows, server.log, receiver.received]);
    tokens.push(session.access_token, refreshTokenOf(session));
    for (const canary of [
      ...tokens,
      PASSWORD,
      WRONG_PASSWORD,
      NEW_PASSWORD,
      SECRET,
      unknownEmail,
      session.email,
      STRANGER,
    ]) {
      expect(everything).not.toContain(canary);
    }
    // A token is not there in parts, either: every one of them begins like this.
    expect(everything).not.toContain('eyJ');
  });
});
