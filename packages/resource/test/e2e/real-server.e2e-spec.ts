import { randomBytes } from 'node:crypto';
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newKey } from '../../../../src/auth/tokens/keys/new-key.js';
import { writeStoredKeys } from '../../../../src/auth/tokens/keys/stored-keys.js';
import { Api, call, headerOf, PASSWORD } from '../../../../test/support/api.js';
import { startApp, type TestApp } from '../../../../test/support/app.js';
import { BoundClient } from '../../../../test/support/bound-client.js';
import { eventually } from '../../../../test/support/eventually.js';
import { createVerifier, type Verifier } from '../../src/index.js';

const SECRET = randomBytes(32).toString('hex');
const OPERATOR = randomBytes(32).toString('hex');

/** Two instances of the server: one is used, and the verifier listens to the other. */
describe('a verifier of a real server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-resource-'));
  const file = join(folder, 'keys.json');
  const env = {
    JWT_KEYS_FILE: file,
    SERVICE_TOKENS: `orders:${SECRET}`,
    ADMIN_TOKEN: OPERATOR,
  };
  const opened: { close(): unknown }[] = [];
  let used: TestApp;
  let heard: TestApp;
  let api: Api;
  let verifier: Verifier;

  beforeAll(async () => {
    writeStoredKeys(file, [newKey(new Date())]);
    used = await startApp({ env });
    opened.push(used);
    heard = await startApp({ env, beside: used });
    opened.push(heard);
    api = new Api(used.url);
    await eventually(async () => (await call('GET', `${heard.url}/health/ready`)).status === 200);
    verifier = verifierOf(heard.url);
    expect(await verifier.ready()).toBe('live');
  });

  afterAll(async () => {
    for (const one of opened.reverse()) await one.close();
    rmSync(folder, { recursive: true });
  });

  function verifierOf(server: string): Verifier {
    const made = createVerifier({
      issuer: 'evergreen',
      audience: 'evergreen-api',
      server,
      serviceToken: SECRET,
    });
    opened.push(made);
    return made;
  }

  const kindOf = async (token: string, by = verifier) => (await by.verify(token)).kind;
  /** As long as it may take where nothing is lost: the feed sends it, no timer does. */
  const becomes = (token: string, kind: string) =>
    eventually(async () => (await kindOf(token)) === kind, { withinMs: 4000 });
  const operate = (method: string, path: string, body?: object) =>
    call(method, `${used.url}/api/admin/users/${path}`, {
      token: OPERATOR,
      ...(body && { body }),
    });

  it('says what a token says', async () => {
    const { access_token, user, session_id } = await api.register();
    expect(await verifier.verify(access_token)).toMatchObject({
      kind: 'good',
      userId: user.id,
      sessionId: session_id,
      amr: ['pwd'],
      roles: [],
      claims: {},
    });
  });

  it('refuses a session after its logout, and tells of it', async () => {
    const { access_token, session_id } = await api.register();
    const ended: string[] = [];
    const stop = verifier.onSessionEnded(({ sessionId }) => ended.push(sessionId));
    expect(await kindOf(access_token)).toBe('good');
    await api.logout(access_token);
    await becomes(access_token, 'ended');
    expect(ended).toEqual([session_id]);
    stop();
  });

  it('refuses all sessions after logout-all', async () => {
    const { access_token, email } = await api.register();
    const other = await api.anotherDevice().login(email);
    await api.call('POST', '/auth/logout-all', { token: access_token });
    await becomes(access_token, 'ended');
    await becomes(other.body.access_token, 'ended');
  });

  it('refuses older tokens after a change of password, and takes newer ones', async () => {
    const { access_token, email } = await api.register();
    const other = await api.anotherDevice().login(email);
    const changed = await api.changePassword(access_token, PASSWORD, `${PASSWORD}-2`);
    expect(changed.status).toBe(200);
    await becomes(access_token, 'expired');
    await becomes(other.body.access_token, 'ended');
    expect(await kindOf(changed.body.access_token)).toBe('good');
  });

  it('refuses tokens of older roles, and takes newer ones', async () => {
    const { access_token, user, email } = await api.register();
    const response = await operate('PATCH', user.id, { roles: ['support'] });
    expect(response.status).toBe(200);
    await becomes(access_token, 'expired');
    const { body } = await api.login(email);
    expect(await verifier.verify(body.access_token)).toMatchObject({
      kind: 'good',
      roles: ['support'],
    });
  });

  it('refuses the sessions of a user whom an operator deactivates', async () => {
    const { access_token, user } = await api.register();
    expect((await operate('PUT', `${user.id}/deactivation`)).status).toBe(200);
    await becomes(access_token, 'ended');
  });

  it('refuses what ended before it was started', async () => {
    const { access_token } = await api.register();
    await api.logout(access_token);
    await becomes(access_token, 'ended');
    const late = verifierOf(used.url);
    await late.ready();
    expect([late.state, await kindOf(access_token, late)]).toEqual(['live', 'ended']);
  });

  it('asks the server while it has no feed', async () => {
    const deaf = createVerifier({
      issuer: 'evergreen',
      audience: 'evergreen-api',
      server: heard.url,
      serviceToken: randomBytes(32).toString('hex'),
      logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    });
    opened.push(deaf);
    const { access_token } = await api.register();
    expect([await kindOf(access_token, deaf), deaf.state]).toEqual(['good', 'loading']);
    await api.logout(access_token);
    await eventually(async () => (await kindOf(access_token, deaf)) === 'ended');
  });

  it('says the key of a bound session, whose token it takes without a proof', async () => {
    const client = new BoundClient(used);
    const { access_token, session_id } = await client.register();
    expect(await verifier.verify(access_token)).toMatchObject({
      kind: 'good',
      sessionId: session_id,
      keyThumbprint: client.key.thumbprint,
    });
    const unbound = await api.register();
    expect(await verifier.verify(unbound.access_token)).not.toHaveProperty('keyThumbprint');
  });

  it('asks a server that wants proofs on every route for such a token, and alarms nobody', async () => {
    const strict = await startApp({ env: { ...env, PROOF_ON: 'all' }, beside: used });
    opened.push(strict);
    const deaf = createVerifier({
      issuer: 'evergreen',
      audience: 'evergreen-api',
      server: await withoutFeed(strict.url),
      serviceToken: SECRET,
      logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    });
    opened.push(deaf);
    const client = new BoundClient(strict);
    const { access_token: token, session_id: id } = await client.register();
    expect([await kindOf(token, deaf), deaf.state]).toEqual(['good', 'loading']);
    await client.call('POST', '/auth/logout', { token });
    await eventually(async () => (await kindOf(token, deaf)) === 'expired');
    const failed = await used.database.query(
      `SELECT type FROM security_events WHERE session_id = $1 AND type = 'proof_failed'`,
      [id],
    );
    expect(failed).toEqual([]);
  });

  /** A server whose stream of revocations never begins, in front of a real one. */
  async function withoutFeed(url: string): Promise<string> {
    const server = createServer((request, response) => {
      if (request.url?.startsWith('/api/feed')) return void response.writeHead(503).end();
      const { method, headers } = request;
      const forwarded = forward(url + request.url, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      request.pipe(forwarded);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    opened.push({
      close: () => {
        server.closeAllConnections();
        server.close();
      },
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('takes tokens that are signed with a new key', async () => {
    const key = newKey(new Date());
    writeStoredKeys(file, [key]);
    await eventually(async () => {
      const { access_token } = await api.register();
      return headerOf(access_token).kid === key.kid && (await kindOf(access_token)) === 'good';
    });
  });
});
