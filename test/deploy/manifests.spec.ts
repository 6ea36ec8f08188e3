import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseDotenv } from 'dotenv';
import { parse } from 'yaml';
import { VARIABLE_NAMES, variables } from '../../src/platform/config/variables.js';

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
  const fromSecret: string[] = server.env.map(({ name }: { name: string }) => name);

  it('name variables that there are', () => {
    for (const name of [...Object.keys(literals), ...fromSecret])
      expect(VARIABLE_NAMES).toContain(name);
    expect(literals.NODE_ENV).toBe(environment);
  });

  it('give every variable that the server does not start without', () => {
    const secrets = Object.fromEntries(
      fromSecret.map((name) => [
        name,
        name.includes('JWT') ? 'b8e1f0a95c7d4e2386f1d0c9a7b5e3f4a1c2' : 'postgres://db/x',
      ]),
    );
    const given = { ...defaults, ...literals, ...secrets, REDIS_URL: undefined };
    expect(variables(environment as 'staging').safeParse(given).error?.issues ?? []).toEqual([]);
  });

  it('take every secret from the secret, and none of them from a literal', () => {
    for (const { name, value, valueFrom } of server.env) {
      expect(value).toBeUndefined();
      expect(valueFrom.secretKeyRef).toMatchObject({ name: 'evergreen', key: name });
    }
    expect(Object.keys(literals).filter((name) => /SECRET|URL|PASSWORD/.test(name))).toEqual([]);
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

describe('compose.yaml', () => {
  it('names variables that there are', () => {
    for (const name of Object.keys(read('compose.yaml').services.server.environment))
      expect(VARIABLE_NAMES).toContain(name);
  });
});
