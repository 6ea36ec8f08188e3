import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { Api, refreshTokenOf } from '../support/api.js';
import { createDatabase } from '../support/database.js';
import { serverEnvironment, startServer, type ServerProcess } from '../support/server-process.js';

/**
 * A balancer's view of one instance: it asks whether it is ready, and sends no more requests once
 * it is not.
 */
interface Backend {
  server: ServerProcess;
  isReady: boolean;
}

describe('a rolling restart of two instances under load', () => {
  it('loses no request, and logs nobody out', async () => {
    const database = await createDatabase();
    const start = () =>
      startServer({ ...serverEnvironment(database.url), SHUTDOWN_DRAIN_SECONDS: '1' });
    const backends: Backend[] = [
      { server: await start(), isReady: true },
      { server: await start(), isReady: true },
    ];
    const over = new AbortController();
    const probing = (async () => {
      while (!over.signal.aborted) {
        for (const backend of backends)
          backend.isReady =
            (await fetch(`${backend.server.url}/health/ready`).catch(() => undefined))?.status ===
            200;
        await pause(100);
      }
    })();

    // Connections are kept open, as a balancer keeps them: what must not happen is that one is
    // closed under a request.
    const agent = new Agent({ keepAlive: true });
    const statuses: (number | string)[] = [];
    const clients = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const signedIn = await new Api((backends[0] as Backend).server.url).register();
        return { refreshToken: refreshTokenOf(signedIn) };
      }),
    );
    const load = clients.map(async (client, index) => {
      for (let turn = index; !over.signal.aborted; turn++) {
        const ready = backends.filter(({ isReady }) => isReady);
        const { server } = ready[turn % ready.length] as Backend;
        const response = await send(agent, `${server.url}/api/auth/refresh`, client.refreshToken);
        statuses.push(response.status);
        if (response.status === 200) client.refreshToken = response.refreshToken;
      }
    });

    for (const backend of backends) {
      await pause(300);
      expect(await backend.server.stop()).toBe(0);
      backend.server = await start();
      await pause(300);
    }
    over.abort();
    await Promise.all([...load, probing]);

    expect(statuses.length).toBeGreaterThan(100);
    expect([...new Set(statuses)]).toEqual([200]);
    agent.destroy();
    for (const { server } of backends) await server.stop();
    await database.drop();
  });
});

async function send(
  agent: Agent,
  url: string,
  token: string,
): Promise<{ status: number | string; refreshToken: string }> {
  return new Promise((resolve) => {
    const sent = request(
      url,
      { agent, method: 'POST', headers: { authorization: `Bearer ${token}` } },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            refreshToken: (JSON.parse(text) as { refresh_token: string }).refresh_token,
          }),
        );
      },
    );
    sent.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ status: error.code ?? error.message, refreshToken: '' }),
    );
    sent.end();
  });
}
