import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { startProcess } from './processes.mjs';

/** One secret, since instances share it. */
const secret = randomBytes(32).toString('hex');

/** A built checkout of another version, for a comparison. */
const { CHECKOUT = '.' } = process.env;

/** As in production, except for `env`. */
export async function startEvergreen(
  databaseUrl,
  { env = {}, script = join(CHECKOUT, 'dist/main.js'), flags } = {},
) {
  const all = {
    NODE_ENV: 'production',
    DATABASE_URL: databaseUrl,
    JWT_SECRET: secret,
    SHUTDOWN_DRAIN_SECONDS: '0',
    ...env,
  };
  return { ...(await startProcess(script, all, { flags })), env: all };
}

/** Evergreen with two routes that do nothing. */
export function startRoutes(databaseUrl) {
  return startEvergreen(databaseUrl, { script: 'bench/servers/routes.mjs' });
}

export function startFloor(databaseUrl, options) {
  return startProcess('bench/servers/floor.mjs', { DATABASE_URL: databaseUrl }, options);
}

export function startBetterAuth(databaseUrl) {
  return startProcess(
    'bench/servers/better-auth.mjs',
    { DATABASE_URL: databaseUrl, NODE_ENV: 'production' },
    { readyPath: '/api/auth/ok' },
  );
}

/** Calls a route of `/api/auth` with a body; returns the parsed response, whatever its status. */
export async function post({ url }, route, body) {
  const response = await fetch(`${url}/api/auth/${route}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.json();
}
