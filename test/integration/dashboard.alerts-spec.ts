import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '@evergreen-auth/dev-postgres';
import { Api, newEmail, outcomeOf, PASSWORD, refreshTokenOf } from '../support/api.js';
import { BoundClient } from '../support/bound-client.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import {
  promtool,
  startPrometheus,
  type AlertRule,
  type TestPrometheus,
} from '../support/prometheus.js';
import { serverEnvironment, startServer, type ServerProcess } from '../support/server-process.js';
import { startTcpProxy, through, type TcpProxy } from '../support/tcp-proxy.js';

describe('promtool', () => {
  it('is content with the configuration', () => promtool('check', 'config', 'prometheus.yml'));
  it('sees each alert fire when it should, and only then', () =>
    promtool('test', 'rules', 'evergreen.rules.test.yml'));
});

describe('a Prometheus that watches a server under load', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let server: ServerProcess;
  let prometheus: TestPrometheus;
  let alertRules: readonly AlertRule[];
  let load: { end(): Promise<void> };

  beforeAll(async () => {
    database = await createDatabase();
    proxy = await startTcpProxy(Number(new URL(database.url).port));
    const metricsPort = String(await freePort());
    server = await startServer({
      ...serverEnvironment(through(proxy, database.url)),
      METRICS_PORT: metricsPort,
      SERVICE_TOKENS: 'orders:b7c41f0e95d2836aa0f4e7129c58d3b66e10f9a2475bc8d3e1f60a9b2c7d4e58',
    });
    prometheus = await startPrometheus([`127.0.0.1:${metricsPort}`]);
    await eventually(async () => (await prometheus.count('up == 1')) === 1, { withinMs: 30_000 });
    alertRules = await prometheus.alertRules();
    load = startLoad(new Api(server.url));
  });
  afterAll(async () => {
    await load.end();
    await prometheus.stop();
    await server.stop();
    await proxy.close();
    await database.drop();
  });

  const eventuallyFound = (query: string) =>
    eventually(async () => (await prometheus.count(query)) > 0, { withinMs: 30_000, everyMs: 200 });

  it.each(queriesOf('deploy/grafana/dashboards/evergreen.json'))(
    'finds data for the dashboard: %s',
    async (_, query) => {
      await eventuallyFound(query.replaceAll('$__rate_interval', '5s'));
    },
  );

  it('finds every series that an alert looks at', async () => {
    const api = new Api(server.url);
    const token = refreshTokenOf(await api.register());
    proxy.mode = 'cut';
    expect((await api.refresh(token)).status).toBe(503);
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(503);
    proxy.mode = 'open';
    const selectors = alertRules.flatMap(
      ({ query }) => query.match(/\b(?:up|evergreen[\w:]+)(?:\{.*?\})?/g) ?? [],
    );
    expect(new Set(selectors).size).toBeGreaterThanOrEqual(alertRules.length);
    for (const selector of new Set(selectors)) await eventuallyFound(selector);
  });

  it('tells of a reused token, the first one, too', async () => {
    const alert = 'ALERTS{alertname="EvergreenReuseDetected",alertstate="firing"}';
    expect(await prometheus.count(alert)).toBe(0);
    await reuseToken(new Api(server.url));
    await eventuallyFound(alert);
  });

  it('tells of many bound sessions whose tokens come without a proof, and of no wrong clock', async () => {
    const alert = 'ALERTS{alertname="EvergreenProofsFailing",alertstate="firing"}';
    const owner = () => new BoundClient({ url: server.url, clock: { nowMs: () => Date.now() } });
    const mistimed = owner();
    const { email } = await mistimed.register();
    [mistimed.nonce, mistimed.clockErrorMs] = [undefined, 365 * 86_400_000];
    expect((await mistimed.login(email)).body.code).toBe('proof_invalid');
    await eventuallyFound('evergreen_failed_proofs_total{reason="stale"} > 0');
    expect(await prometheus.count(alert)).toBe(0);
    for (let stolen = 0; stolen < 25; stolen += 1) {
      const token = refreshTokenOf(await owner().register());
      expect(outcomeOf(await new Api(server.url).refresh(token))).toBe('proof_required');
    }
    await eventuallyFound(alert);
  });

  it('has for every alert a severity, a section to read, and a test in which it fires and one in which it does not', () => {
    const sections = [
      ...readFileSync('docs/operations/alerts.md', 'utf8').matchAll(/^## (Evergreen\w+)$/gm),
    ].map(([, name]) => name);
    const tests = readFileSync('deploy/prometheus/evergreen.rules.test.yml', 'utf8');
    expect(alertRules.map(({ name }) => name).sort()).toEqual(sections.sort());
    for (const { name, labels, annotations } of alertRules) {
      expect(['critical', 'warning']).toContain(labels.severity);
      expect(annotations.summary).toBeTruthy();
      expect(annotations.runbook).toBe(`docs/operations/alerts.md#${name.toLowerCase()}`);
      expect(tests).toMatch(new RegExp(`alertname: ${name}, eval_time: \\S+, exp_alerts: \\[\\]`));
      expect(tests).toMatch(
        new RegExp(`alertname: ${name}\\n\\s+eval_time: \\S+\\n\\s+exp_alerts:\\n\\s+- `),
      );
    }
  });
});

/** The title of each panel with each of its queries. */
function queriesOf(dashboard: string): [title: string, query: string][] {
  const { panels } = JSON.parse(readFileSync(dashboard, 'utf8')) as {
    panels: { title: string; targets: { expr: string }[] }[];
  };
  return panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }): [string, string] => [`${title}: ${expr}`, expr]),
  );
}

/**
 * One who stays, one who mistypes the password, one whose proof is bad, and one whose session has
 * ended, again and again until told to stop.
 */
function startLoad(api: Api): { end(): Promise<void> } {
  const over = new AbortController();
  const work = (async () => {
    const { email, ...session } = await api.register();
    for (let token = refreshTokenOf(session); !over.signal.aborted; await pause(100)) {
      const refreshed = await api.refresh(token);
      if (refreshed.status === 200) token = refreshTokenOf(refreshed.body);
      await api.login(email);
      await api.login(newEmail());
      await api.me('nonsense');
      const body = { email, password: PASSWORD };
      await api.call('POST', '/auth/login', { headers: { dpop: 'nonsense' }, body });
    }
  })();
  return {
    end: async () => {
      over.abort();
      await work;
    },
  };
}

/** The thief uses what was given for a stolen token, after its owner has gone on. */
async function reuseToken(owner: Api): Promise<void> {
  const token = refreshTokenOf(await owner.register());
  const thief = owner.anotherDevice();
  const stolen = await thief.refresh(token);
  const { body } = await owner.refresh(token);
  await owner.refresh(refreshTokenOf(body));
  expect(outcomeOf(await thief.refresh(refreshTokenOf(stolen.body)))).toBe(
    'refresh_reuse_detected',
  );
}
