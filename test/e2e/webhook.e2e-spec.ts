import { createHmac, timingSafeEqual } from 'node:crypto';
import { Api } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { startReceiver, type Receiver } from '../support/receiver.js';

const SECRET = 'a6c0f6c1d0f2e94b7c58d3e1904fb72e';

/** What docs/security-events.md shows, word for word but for the cast. */
function isGenuine(signature: string, body: string, secret: string): boolean {
  const { t = '', v1 = '' } = Object.fromEntries(
    signature.split(',').map((part) => part.split('=')),
  ) as Record<string, string>;
  const isRecent = Math.abs(Date.now() / 1000 - Number(t)) < 300;
  const expected = createHmac('sha256', secret).update(`${t}.${body}`).digest();
  const given = Buffer.from(v1, 'hex');
  return isRecent && given.length === expected.length && timingSafeEqual(given, expected);
}

describe('with ANOMALY_ACTION=notify', () => {
  let receiver: Receiver;
  let app: TestApp;
  let browser: Api;

  beforeEach(async () => {
    receiver = await startReceiver();
    app = await startApp({
      env: {
        ANOMALY_ACTION: 'notify',
        SECURITY_WEBHOOK_URL: receiver.url,
        SECURITY_WEBHOOK_SECRET: SECRET,
      },
    });
    browser = new Api(app.url);
  });
  afterEach(async () => {
    await app.close();
    receiver.close();
  });

  /**
   * Signs in from a device that the user has never used; returns how long that took, in
   * milliseconds.
   */
  const signInUnusually = async () => {
    const { email, user } = await browser.register();
    const begin = performance.now();
    const { status, body } = await browser.anotherDevice().login(email);
    expect(status).toBe(200);
    return { user, session: body, milliseconds: performance.now() - begin };
  };

  it('an anomaly is posted, signed so that the receiver can tell who sent it and when', async () => {
    const { user, session } = await signInUnusually();
    await eventually(() => receiver.received.length === 1);
    const [{ headers, body } = { headers: {}, body: '' }] = receiver.received;
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(body)).toEqual({
      user_id: user.id,
      event: expect.objectContaining({
        type: 'new_device',
        session_id: session.session_id,
        network: '127.0.0.0/24',
      }) as object,
    });
    const signature = String(headers['x-evergreen-signature']);
    expect(signature).toMatch(/^t=\d+,v1=[\da-f]{64}$/);
    expect(isGenuine(signature, body, SECRET)).toBe(true);
    expect(isGenuine(signature, body.replace('new_device', 'new_demise'), SECRET)).toBe(false);
    expect(isGenuine(signature, body, SECRET.replace('a', 'b'))).toBe(false);
    expect(isGenuine(signature.replace('t=1', 't=2'), body, SECRET)).toBe(false);
  });

  it('what is no anomaly is not posted', async () => {
    const { email, access_token } = await browser.register();
    await browser.login(email, { password: 'not-the-password' });
    await browser.logout(access_token);
    await signInUnusually();
    await eventually(() => receiver.received.length > 0);
    expect(
      receiver.received.map(
        ({ body }) => (JSON.parse(body) as { event: { type: string } }).event.type,
      ),
    ).toEqual(['new_device']);
  });

  it('a receiver that fails is told again; one that redirects is not followed', async () => {
    receiver.answers.push(500, 307, 200);
    await signInUnusually();
    await eventually(() => receiver.received.length === 3);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    await eventually(async () =>
      (await (await fetch(`${app.url}/metrics`)).text()).includes(
        'webhooks_total{result="delivered"} 1',
      ),
    );
  });

  it('a receiver that hangs, or is down, delays no sign-in and no shutdown', async () => {
    receiver.answers.push('silent', 'silent');
    expect((await signInUnusually()).milliseconds).toBeLessThan(500);
    await eventually(() => receiver.received.length === 1);
    expect((await signInUnusually()).milliseconds).toBeLessThan(500);
    receiver.close();
    expect((await signInUnusually()).milliseconds).toBeLessThan(500);
    const begin = performance.now();
    await app.nest.close();
    expect(performance.now() - begin).toBeLessThan(3000);
  });
});
