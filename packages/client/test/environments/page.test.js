/** In a page of jsdom or happy-dom, by Jest or by Vitest. */
import * as core from '@evergreen-auth/client';
import * as testing from '@evergreen-auth/client/testing';
import { equal, liveThroughSession } from './session.js';

test.each(['bearer', 'cookie'])('a session by %s', async (transport) => {
  equal('the document', typeof document, 'object');
  await liveThroughSession(core, testing, transport);
});

test('a client with the clock of the page', async () => {
  const server = testing.createFakeServer();
  const client = core.createAuthClient({ baseUrl: server.url, fetch: server.fetch });
  await client.register({ email: 'ada@example.com', password: 'correct horse battery' });
  dispatchEvent(new Event('focus'));
  equal('the token after a refresh', typeof (await client.refreshToken()), 'string');
  await client.logout();
  client.dispose();
  dispatchEvent(new Event('focus'));
  equal('the sessions in the end', server.sessions, []);
});
