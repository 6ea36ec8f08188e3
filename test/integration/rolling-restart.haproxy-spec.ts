import { freePort } from '@evergreen-auth/dev-postgres';
import { outcomeOf } from '../support/api.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startHaProxy } from '../support/haproxy.js';
import { serverEnvironment, startServer } from '../support/server-process.js';
import { sendTraffic, signIn } from '../support/traffic.js';

// Many processes are started, which takes its time where others work on the machine, too.
jest.setTimeout(240_000);

describe('four instances behind HAProxy', () => {
  it('restarted one after another under load: no request fails, and nobody is logged out', async () => {
    const database = await createDatabase();
    const ports = [await freePort(), await freePort(), await freePort(), await freePort()];
    // As in production; whoever sets it to less has to look at the balancer's checks.
    const environment = { ...serverEnvironment(database.url), SHUTDOWN_DRAIN_SECONDS: '2' };
    const start = (port: number) => startServer({ ...environment, PORT: String(port) });
    const servers = await Promise.all(ports.map(start));
    const balancer = await startHaProxy(ports);
    const clients = await signIn(balancer.url, 16);
    const traffic = sendTraffic(clients);

    for (const [place, port] of ports.entries()) {
      const answered = traffic.responses.length;
      expect(await servers[place]?.stop()).toBe(0);
      servers[place] = await start(port);
      await eventually(async () => (await balancer.status())[place]?.isUp === true, {
        withinMs: 30_000,
      });
      expect(traffic.responses.length).toBeGreaterThan(answered);
    }
    await traffic.end();

    expect(traffic.kinds()).toEqual(['200']);
    for (const { api, refreshToken } of clients)
      expect(outcomeOf(await api.refresh(refreshToken))).toBe('rotated');
    for (const { requests, timesDown } of await balancer.status()) {
      expect(requests).toBeGreaterThan(0);
      expect(timesDown).toBeGreaterThan(0);
    }
    await balancer.stop();
    await Promise.all(servers.map((server) => server.stop()));
    await database.drop();
  });
});
