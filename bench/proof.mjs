// npm run bench:proof: what a proof of possession costs (RFC 9449), and what it is made of.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  randomUUID,
  sign,
  verify,
} from 'node:crypto';
import { checkProof } from '../dist/auth/proof-of-possession/check-proof.js';
import { newNonce } from '../dist/auth/proof-of-possession/nonces.js';
import { readProofKey } from '../dist/auth/proof-of-possession/proof-key.js';
import { isUrlOf } from '../dist/auth/proof-of-possession/requested-urls.js';

const ROUNDS = 5;
const CALLS = 2000;
/** More than are kept, so that a key that comes back in turn is always imported. */
const STRANGERS = 6000;
const URL_ASKED_FOR = 'https://auth.example.com/api/auth/refresh';
const ACCESS_TOKEN = 'x'.repeat(500);

const nonceKey = createSecretKey(Buffer.alloc(32, 1));
const nowMs = Date.now();
const nonce = newNonce(nonceKey, nowMs);
const urls = [URL_ASKED_FOR, 'https://auth.example.com/api/refresh'];
const demand = { method: 'POST', urls, accessToken: ACCESS_TOKEN, nonceKeys: [nonceKey], nowMs };

for (const kind of ['ES256', 'EdDSA']) {
  console.log(`\n${kind}\n`);
  const key = newKey(kind);
  const proof = proofOf(key);
  const strangers = Array.from({ length: STRANGERS }, () => proofOf(newKey(kind)));
  const [header, claims, signature] = proof.split('.');
  const [text, bytes] = [Buffer.from(`${header}.${claims}`), Buffer.from(signature, 'base64url')];
  const imported = createPublicKey({ key: key.jwk, format: 'jwk' });
  let turn = 0;

  measure('a check, with a key that is known', () => mustBeGood(proof));
  measure('a check, with a key that is new', () => mustBeGood(strangers[turn++ % STRANGERS]));
  measure('a check that fails by its method', () =>
    checkProof(proof, { ...demand, method: 'GET' }),
  );
  measure('importing a key', () => createPublicKey({ key: key.jwk, format: 'jwk' }));
  measure('verifying a signature', () => verifyOf(kind, imported, text, bytes));
  measure('reading a key and its thumbprint', () => readProofKey(key.jwk));
  measure('comparing URLs', () => isUrlOf(URL_ASKED_FOR, urls));
  measure('making a nonce', () => newNonce(nonceKey, nowMs));
}

/**
 * Made from its encoding: Node 20 can hang if a key is exported while its generator is collected.
 */
function newKey(kind) {
  const encodings = {
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
    publicKeyEncoding: { type: 'spki', format: 'der' },
  };
  const generated =
    kind === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256', ...encodings })
      : generateKeyPairSync('ed25519', encodings);
  const privateKey = createPrivateKey({ key: generated.privateKey, type: 'pkcs8', format: 'der' });
  const publicKey = createPublicKey({ key: generated.publicKey, type: 'spki', format: 'der' });
  return { kind, privateKey, jwk: publicKey.export({ format: 'jwk' }) };
}

function proofOf({ kind, privateKey, jwk }) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = [
    encode({ typ: 'dpop+jwt', alg: kind, jwk }),
    encode({
      jti: randomUUID(),
      htm: 'POST',
      htu: URL_ASKED_FOR,
      iat: Math.floor(nowMs / 1000),
      ath: createHash('sha256').update(ACCESS_TOKEN).digest('base64url'),
      nonce,
    }),
  ].join('.');
  const signature = sign(kind === 'ES256' ? 'sha256' : null, Buffer.from(text), {
    key: privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return `${text}.${signature.toString('base64url')}`;
}

function verifyOf(kind, key, text, signature) {
  return kind === 'ES256'
    ? verify('sha256', text, { key, dsaEncoding: 'ieee-p1363' }, signature)
    : verify(null, text, key, signature);
}

function mustBeGood(proof) {
  const check = checkProof(proof, demand);
  if (check.kind !== 'good') throw new Error(check.reason);
}

/** The best round: others on the machine only make it slower. */
function measure(name, call) {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const begin = performance.now();
    for (let count = 0; count < CALLS; count++) call();
    return ((performance.now() - begin) * 1000) / CALLS;
  });
  console.log(
    `${Math.min(...rounds)
      .toFixed(1)
      .padStart(6)} µs  ${name}`,
  );
}
