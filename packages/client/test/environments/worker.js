/** A worker of Cloudflare that keeps one client for all requests. */
import * as core from '@evergreen-auth/client';
import * as testing from '@evergreen-auth/client/testing';
import { CREDENTIALS, liveThroughSession } from './session.js';

const server = testing.createFakeServer({ accessTokenSeconds: 2 });
server.handle('GET /api/orders', (_request, { user }) => ({ buyer: user.email }));
const client = core.createAuthClient({ baseUrl: server.url, fetch: server.fetch });

/** What it does on which request. */
const steps = {
  // Not by cookie: a worker's fetch keeps none.
  '/session': () => liveThroughSession(core, testing, 'bearer'),
  '/login': async () => {
    server.addUser(CREDENTIALS);
    await client.login(CREDENTIALS);
    // The first refresh takes so long that another request meets it.
    server.faults.next('refresh', { delayMs: 300 });
  },
  '/orders': async () => (await client.fetch('/api/orders')).json(),
  '/logout': async () => {
    await client.logout();
    client.dispose();
    return { refreshes: server.refreshes.length, sessions: server.sessions.length };
  },
};

export default {
  async fetch(request) {
    try {
      const result = await steps[new URL(request.url).pathname]();
      return Response.json(result ?? 'done');
    } catch (error) {
      return new Response(error.stack, { status: 500 });
    }
  },
};
