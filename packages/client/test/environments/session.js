/**
 * A session from its beginning to its end at a fake server, as a test of an application has it. It
 * needs nothing but the client and the language, so it is the same wherever it runs.
 */

export const CREDENTIALS = { email: 'ada@example.com', password: 'correct horse battery' };
const BUYER = { status: 200, body: { buyer: CREDENTIALS.email } };

/**
 * @param transport of the refresh token: `bearer` or `cookie`
 * @throws Error that names what is not as it is to be
 */
export async function liveThroughSession({ createAuthClient }, testing, transport) {
  const clock = testing.createFakeClock();
  const server = testing.createFakeServer({ clock });
  server.addUser(CREDENTIALS);
  server.handle('POST /api/orders', (_request, { user }) => ({ buyer: user.email }));
  server.handle('POST /api/sales', () => testing.reply({ code: 'sold_out' }, { status: 409 }));

  const client = createAuthClient({ baseUrl: server.url, fetch: server.fetch, clock, transport });
  const order = { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } };
  const send = async (path, init = order) => {
    const response = await inTime(clock, client.fetch(path, init));
    return { status: response.status, body: await response.json() };
  };

  await inTime(clock, client.ready());
  const nobody = { status: 'unauthenticated', reason: 'none' };
  equal('the state before the login', client.getSnapshot(), nobody);
  await inTime(clock, client.login(CREDENTIALS));
  equal('the state after the login', client.getSnapshot().status, 'authenticated');
  equal('the answer', await send('/api/orders'), BUYER);
  const soldOut = { status: 409, body: { code: 'sold_out' } };
  equal('the answer of reply()', await send('/api/sales'), soldOut);
  if (globalThis.Request) {
    const request = new Request(`${server.url}/api/orders`, order);
    equal('the answer to a Request', await send(request, undefined), BUYER);
  }

  server.expireAccessTokens();
  server.faults.next('refresh', 'lose-response');
  equal('the answer after the expiry', await send('/api/orders'), BUYER);
  const outcomes = server.refreshes.map(({ outcome }) => outcome);
  equal('the refreshes', outcomes, ['rotated', 'replayed']);

  const abort = new AbortController();
  server.faults.next('/api/orders', 'hang');
  const aborted = client.fetch('/api/orders', { ...order, signal: abort.signal });
  const failure = aborted.catch((error) => error.name);
  await clock.advance(1_000);
  abort.abort();
  equal('the failure of an aborted request', await failure, 'AbortError');

  await inTime(clock, client.logout());
  const signedOut = { status: 'unauthenticated', reason: 'signed_out' };
  equal('the state after the logout', client.getSnapshot(), signedOut);
  equal('the sessions after the logout', server.sessions, []);
  equal('the status after the logout', (await send('/api/orders')).status, 401);

  await inTime(clock, client.login(CREDENTIALS));
  client.dispose();
  await clock.advance(3_600_000);
  equal('the number of refreshes in the end', server.refreshes.length, 2);
}

/** With so much time as anything of the client may take. */
async function inTime(clock, promise) {
  const [result] = await Promise.all([promise, clock.advance(20_000)]);
  return result;
}

export function equal(what, actual, expected) {
  const [seen, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (seen !== wanted) throw new Error(`${what}: expected ${wanted}, and it was ${seen}`);
}
