import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { load, refreshInTurn } from '../world/load.mjs';
import { inRounds, median, withCpu } from '../world/rounds.mjs';
import { startEvergreen } from '../world/servers.mjs';
import { mintWith, seedSessions } from '../world/sessions.mjs';

/** So many that none is refreshed again within the grace window, as in practice. */
const SESSIONS = 40_000;

const ROUNDS = 8;
const SLICE = { seconds: 3 };

/** A proof is in time for a minute. */
const NEW_PROOF_EVERY_MS = 20_000;

/**
 * Refreshes of sessions that are bound to a key, and of others. All have one key, which the server
 * has imported: `npm run bench:proof` measures what importing another one takes.
 */
export async function measureBoundRefresh(postgres) {
  const key = newKey();
  const unbound = await serverWith(postgres, 'unbound');
  const bound = await serverWith(postgres, 'bound', key);
  try {
    const measures = {
      unbound: measureWith(postgres, unbound),
      bound: measureWith(postgres, bound, key),
    };
    for (const measure of Object.values(measures)) await measure();
    return rows(await inRounds(ROUNDS, measures));
  } finally {
    for (const server of [unbound, bound]) await server.stop();
  }
}

async function serverWith(postgres, name, key) {
  const url = await postgres.createMigrated(name);
  await seedSessions(url, SESSIONS, key?.thumbprint);
  return startEvergreen(url);
}

function measureWith(postgres, { url, pid, env }, key) {
  const mint = mintWith(env, key?.thumbprint);
  const sessions = Array.from({ length: SESSIONS }, (_, number) => ({
    number,
    token: mint(number).refresh,
  }));
  const request = refreshInTurn(sessions, key && proofs(key, `${url}/api/auth/refresh`));
  return () => withCpu({ server: pid, postgres: postgres.pid }, () => load(url, request, SLICE));
}

function rows({ unbound, bound }) {
  const cpu = (results, name) => results.map((result) => result.cpu[name]);
  const more = cpu(bound, 'server').map((value, round) => value - unbound[round].cpu.server);
  const said = (results) =>
    `server ${Math.round(median(cpu(results, 'server')))}, PostgreSQL ${Math.round(median(cpu(results, 'postgres')))}`;
  return [
    {
      work: "a refresh of a bound session, µs of the server's processor more than of another",
      aim: { atMost: 100 },
      measured: median(more),
      detail: `µs: bound ${said(bound)}; unbound ${said(unbound)}`,
    },
  ];
}

function newKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { crv, kty, x, y } = publicKey.export({ format: 'jwk' });
  const jwk = { crv, kty, x, y };
  const thumbprint = createHash('sha256').update(JSON.stringify(jwk)).digest('base64url');
  return { privateKey, jwk, thumbprint };
}

/** The same proof may arrive several times, so signing costs the load nothing. */
function proofs(key, htu) {
  let current;
  let madeAt = -Infinity;
  return () => {
    if (performance.now() - madeAt > NEW_PROOF_EVERY_MS) {
      current = proofOf(key, htu);
      madeAt = performance.now();
    }
    return current;
  };
}

function proofOf({ privateKey, jwk }, htu) {
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk };
  const iat = Math.floor(Date.now() / 1000);
  const claims = { jti: randomUUID(), htm: 'POST', htu, iat };
  const text = [header, claims].map(encoded).join('.');
  const signature = sign('sha256', Buffer.from(text), {
    key: privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return `${text}.${signature.toString('base64url')}`;
}

function encoded(part) {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
