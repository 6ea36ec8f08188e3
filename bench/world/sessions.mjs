import { createHash } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import pg from 'pg';
import { TokenKeys } from '../../dist/auth/tokens/token-keys.js';
import { TokenService } from '../../dist/auth/tokens/token.service.js';
import { Clock } from '../../dist/platform/clock/index.js';
import { loadConfig, readEnvironment } from '../../dist/platform/config/index.js';

const DAY_MS = 86_400_000;

/** The session of a number, and its user. Ids are in order, as those of UUID v7 are. */
export const sessionId = (number) => id(8, number);
const userId = (number) => id(9, number);
const id = (kind, number) =>
  `00000000-0000-7000-${kind}000-${number.toString(16).padStart(12, '0')}`;

/** The headers of that session's client, as a browser with our client sends them. */
export const headersOf = (number) => ({
  'user-agent':
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'x-device-id': `device-${number}`,
});
const fingerprintOf = (number) =>
  `device:${createHash('sha256').update(`device-${number}`).digest('base64url')}`;

/**
 * Users with a new session each, written as logins write them.
 *
 * @param keyThumbprint of the key that the sessions are bound to, if they are
 */
export async function seedSessions(url, count, keyThumbprint = null) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (let first = 0; first < count; first += 50_000) {
    const numbers = Array.from(
      { length: Math.min(50_000, count - first) },
      (_, index) => first + index,
    );
    await client.query(INSERT, [
      numbers.map(sessionId),
      numbers.map(userId),
      numbers.map(fingerprintOf),
      keyThumbprint,
    ]);
  }
  for (const statement of ['VACUUM ANALYZE users', 'VACUUM ANALYZE sessions', 'CHECKPOINT'])
    await client.query(statement);
  await client.end();
}

const INSERT = `
  WITH one AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS one (session, owner, fingerprint)),
  u AS (
    INSERT INTO users (id, email, password_hash) SELECT owner, owner || '@example.com', repeat('x', 60) FROM one RETURNING id
  )
  INSERT INTO sessions (id, user_id, generation, generation_key, next_key, children, superseded, transport, lifetime_seconds,
    device_name, fingerprint, key_thumbprint, ip, created_at, authenticated_at, last_used_at, expires_at, absolute_expires_at)
  SELECT session, owner, -1, 0, 1, '[]', '[]', 'body', 1209600, 'Chrome on Windows', fingerprint, $4::text, '127.0.0.1',
    now(), now(), now(), now() + interval '14 days', now() + interval '90 days'
  FROM one JOIN u ON u.id = owner`;

/**
 * Issues the tokens that a login would return. `env` is that of the server, and `keyThumbprint` as
 * in `seedSessions`.
 */
export function mintWith(env, keyThumbprint = null) {
  const config = loadConfig(readEnvironment(env));
  const service = new TokenService(
    new JwtService({}),
    new TokenKeys(config, {}),
    config,
    new Clock(),
  );
  return (number) => {
    const now = Date.now();
    const session = {
      id: sessionId(number),
      user: { id: userId(number) },
      epoch: 0,
      authenticatedAt: now,
      keyThumbprint,
    };
    const grant = {
      session,
      expiresAt: now + 14 * DAY_MS,
      refreshToken: { generation: 0, key: 1, parentKey: 0 },
    };
    const { access, refresh } = service.issue(grant);
    return { access: access.token, refresh: refresh.token };
  };
}

/** The claims of a token, to be signed again. */
export function claimsOf(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
}
