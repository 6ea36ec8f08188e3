import { newEmail, PASSWORD } from '../../../../test/support/api.js';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.js';
import {
  type ServerProcess,
  serverEnvironment,
  startServer,
} from '../../../../test/support/server-process.js';
import { type AuthClient, createAuthClient } from '../../src/core/index.js';

describe('the client in Node, at a real server', () => {
  let database: TestDatabase;
  let server: ServerProcess;
  const clients: AuthClient[] = [];

  beforeAll(async () => {
    database = await createDatabase();
    server = await startServer(serverEnvironment(database.url));
  });

  afterAll(async () => {
    clients.forEach((client) => client.dispose());
    await server.stop();
    await database.drop();
  });

  function newClient(): AuthClient {
    const client = createAuthClient({ baseUrl: server.url });
    clients.push(client);
    return client;
  }

  async function registered(): Promise<AuthClient> {
    const client = newClient();
    await client.register({ email: newEmail(), password: PASSWORD });
    return client;
  }

  it('starts with nobody signed in', async () => {
    const client = newClient();
    expect(client.getSnapshot()).toEqual({ status: 'loading' });
    await client.ready();
    expect(client.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'none' });
  });

  it('registers, and knows the user', async () => {
    const client = await registered();
    expect(client.getSnapshot()).toMatchObject({
      status: 'authenticated',
      user: { email: expect.stringContaining('@') },
    });
    expect(client.getCurrentUser()).toMatchObject({ email: expect.any(String) });
  });

  it('refreshes', async () => {
    const client = await registered();
    const before = await client.getAccessToken();
    const after = await client.refreshToken();
    expect(after).not.toBe(before);
    expect((await client.fetch('/api/sessions')).status).toBe(200);
  });

  it('signs out, and says why a request is not authorised any more', async () => {
    const client = await registered();
    const token = await client.getAccessToken();
    await client.logout();
    expect(client.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'signed_out' });
    await expect(client.getAccessToken()).rejects.toMatchObject({
      code: 'not_authenticated',
      kind: 'auth',
    });
    const answer = await fetch(`${server.url}/api/auth/verify`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(await answer.json()).toMatchObject({ code: 'session_revoked' });
  });

  it('ends every session of the user', async () => {
    const client = newClient();
    const credentials = { email: newEmail(), password: PASSWORD };
    await client.register(credentials);
    const elsewhere = newClient();
    await elsewhere.login(credentials);
    const expired = new Promise((resolve) => elsewhere.on('sessionExpired', resolve));
    await client.logout({ scope: 'global' });
    expect((await elsewhere.fetch('/api/sessions')).status).toBe(401);
    expect(await expired).toEqual({ reason: 'revoked' });
    expect(elsewhere.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'revoked' });
  });

  it('changes the password and stays signed in', async () => {
    const client = await registered();
    await client.changePassword({ current_password: PASSWORD, new_password: `${PASSWORD}-2` });
    expect((await client.fetch('/api/sessions')).status).toBe(200);
    expect(await client.refreshToken()).toEqual(expect.any(String));
  });

  it('says which input is at fault', async () => {
    const client = newClient();
    await expect(
      client.login({ email: 'nobody@example.com', password: 'wrong-Password-1' }),
    ).rejects.toMatchObject({
      code: 'invalid_credentials',
      kind: 'auth',
      retryable: false,
    });
    await expect(
      client.register({ email: 'not an address', password: PASSWORD }),
    ).rejects.toMatchObject({
      code: 'validation_failed',
      problem: { errors: [{ field: 'email', message: expect.any(String) }] },
    });
  });
});
