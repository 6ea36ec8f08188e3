// What a verified request costs another service, beside its signature: npm run bench:resource
import { generateKeyPairSync, randomUUID, sign, verify } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { importJWK, jwtVerify } from 'jose';
import { createVerifier } from '../packages/resource/dist/index.js';

const TOKENS = 1000;
const ROUNDS = 15;
const REVOCATIONS = 10_000;
const [ISSUER, AUDIENCE] = ['evergreen', 'evergreen-api'];

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'a', alg: 'ES256', use: 'sig' };
const server = await startServer();
const options = { issuer: ISSUER, audience: AUDIENCE, server: server.url, serviceToken: 'secret' };
const verifier = createVerifier(options);
try {
  if ((await verifier.ready()) !== 'live') throw new Error('The verifier is not live.');
  report(await measure());
} finally {
  verifier.close();
  server.close();
}

/** All in turns, so that what else the machine does meets them alike. Microseconds, by name. */
async function measure() {
  const key = { key: pair.publicKey, dsaEncoding: 'ieee-p1363' };
  const joseKey = await importJWK(jwk);
  const joseOptions = { ...options, typ: 'at+jwt', algorithms: ['ES256'] };
  const results = { signature: [], jose: [], first: [], remembered: [] };
  for (let round = 0; round < ROUNDS; round++) {
    // The feed has its turn.
    await pause(5);
    const tokens = Array.from({ length: TOKENS }, newToken);
    const parts = tokens.map((token) => {
      const end = token.lastIndexOf('.');
      return [Buffer.from(token.slice(0, end)), Buffer.from(token.slice(end + 1), 'base64url')];
    });
    const add = async (name, work) => results[name].push(await microseconds(work));
    await add('signature', (index) => verify('sha256', parts[index][0], key, parts[index][1]));
    await add('jose', (index) => jwtVerify(tokens[index], joseKey, joseOptions));
    await add('first', (index) => verifier.verify(tokens[index]));
    for (const token of tokens) mustBeGood(await verifier.verify(token));
    // A request brings a text of its own, whose hash is not known.
    const again = tokens.map((token) => Buffer.from(token).toString('latin1'));
    await add('remembered', (index) => verifier.verify(again[index]));
  }
  return results;
}

/** Of processor time, of all threads: `jose` lets another one verify. */
async function microseconds(work) {
  const begin = process.cpuUsage();
  for (let index = 0; index < TOKENS; index++) await work(index);
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / TOKENS;
}

function mustBeGood({ kind }) {
  if (kind !== 'good') throw new Error(`A good token is ${kind}.`);
}

function report(results) {
  const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
  const floor = median(results.signature);
  const rows = [
    ['signature alone (node:crypto)', results.signature],
    ['jose, jwtVerify, without the rest', results.jose],
    ['first verification of a token', results.first],
    ['of a token that is remembered', results.remembered],
  ];
  console.log(
    `Microseconds of processor time, medians of ${ROUNDS} rounds of ${TOKENS} tokens; ${REVOCATIONS} revocations in memory:`,
  );
  for (const [name, list] of rows) {
    const value = median(list);
    const beyond = (value - floor).toFixed(1).padStart(8);
    const ratio = (value / floor).toFixed(2).padStart(6);
    console.log(
      `${name.padEnd(36)}${value.toFixed(1).padStart(8)}   beyond the signature ${beyond}   ratio ${ratio}`,
    );
  }
}

function newToken() {
  const iat = Math.floor(Date.now() / 1000);
  const claims = {
    ...{ iss: ISSUER, aud: AUDIENCE, sub: randomUUID(), sid: randomUUID(), epoch: 0 },
    ...{ jti: randomUUID(), iat, exp: iat + 1800, auth_time: iat, amr: ['pwd'] },
    ...{ renew_until: iat + 86_400, roles: ['admin', 'support'], claims_version: 2 },
  };
  const signed = [{ alg: 'ES256', typ: 'at+jwt', kid: 'a' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const key = { key: pair.privateKey, dsaEncoding: 'ieee-p1363' };
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
}

/** The feed and the keys, and nothing else. */
async function startServer() {
  const http = createServer((request, response) => {
    if (request.url === '/.well-known/jwks.json')
      return response.end(JSON.stringify({ keys: [jwk] }));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const beganAt = performance.now();
    const send = (event, data) =>
      response.write(`event: ${event}\nid: 1\ndata: ${JSON.stringify(data)}\n\n`);
    const entry = () => ({ id: randomUUID(), lowest: null, expires_in: 86_400 });
    send('snapshot', { entries: Array.from({ length: REVOCATIONS }, entry), is_last: true });
    const prove = () =>
      send('proof', { state: 'live', age_ms: 1, sent_ms: performance.now() - beganAt });
    prove();
    const timer = setInterval(prove, 500);
    response.on('close', () => clearInterval(timer));
  });
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${http.address().port}`,
    close: () => {
      http.closeAllConnections();
      http.close();
    },
  };
}
