import { newEcKey, signProof } from '../../../test/support/possession.js';
import { TestClock } from '../../platform/clock/index.js';
import { loadConfig, readEnvironment } from '../../platform/config/index.js';
import { PossessionProofs, type ProvenRequest } from './possession-proofs.js';

const SECRET = 'x'.repeat(32);
const OLD_SECRET = 'y'.repeat(32);
const YEAR_SECONDS = 365 * 24 * 60 * 60;

const clock = new TestClock();
const key = newEcKey();
const request: ProvenRequest = {
  method: 'POST',
  protocol: 'http',
  host: 'auth.internal:8000',
  paths: ['/api/refresh', '/api/auth/refresh'],
};

function proofsWith(variables: Record<string, string> = {}): PossessionProofs {
  const environment = { DATABASE_URL: 'postgres://db/x', JWT_SECRET: SECRET, ...variables };
  return new PossessionProofs(loadConfig(readEnvironment(environment)), clock);
}

const proofFor = (url: string, contents: { nonce?: string; nowMs?: number } = {}) =>
  signProof(key, { method: 'POST', url, nowMs: clock.nowMs(), ...contents });

describe('PossessionProofs.check', () => {
  it.each(['http://auth.internal:8000/api/refresh', 'http://auth.internal:8000/api/auth/refresh'])(
    'accepts a proof for the path asked for and for its canonical form: %s',
    (url) => {
      const check = proofsWith().check(proofFor(url), request);
      expect(check).toMatchObject({ kind: 'good', thumbprint: key.thumbprint });
    },
  );

  it('accepts every PUBLIC_URL behind a proxy with another host, port and path', () => {
    const proofs = proofsWith({
      PUBLIC_URL: 'https://example.com/backend,https://example.org:444',
    });
    const kindFor = (url: string) => proofs.check(proofFor(url), request).kind;
    expect(kindFor('https://example.com/backend/api/refresh')).toBe('good');
    expect(kindFor('https://example.org:444/api/auth/refresh')).toBe('good');
    expect(kindFor('https://example.com/api/refresh')).toBe('bad');
    expect(kindFor('http://auth.internal:8000/api/refresh')).toBe('bad');
  });

  it('checks key, access token and method of the request', () => {
    const proof = proofFor('http://auth.internal:8000/api/refresh');
    const check = (more: Partial<ProvenRequest>) =>
      proofsWith().check(proof, { ...request, ...more });
    expect(check({ expectedThumbprint: 'other' })).toEqual({ kind: 'bad', reason: 'other_key' });
    expect(check({ accessToken: 'token' })).toEqual({ kind: 'bad', reason: 'access_token' });
    expect(check({ method: 'GET' })).toEqual({ kind: 'bad', reason: 'method' });
  });
});

describe('PossessionProofs.newNonce', () => {
  const url = 'http://auth.internal:8000/api/refresh';
  const nowMs = clock.nowMs() - YEAR_SECONDS * 1000;

  it('lets a client in whose clock is a year behind, on every instance', () => {
    const nonce = proofsWith().newNonce();
    expect(proofsWith().check(proofFor(url, { nowMs }), request)).toEqual({
      kind: 'bad',
      reason: 'stale',
    });
    expect(proofsWith().check(proofFor(url, { nowMs, nonce }), request).kind).toBe('good');
  });

  it('survives a rotation of the secret, and nothing else', () => {
    const nonce = proofsWith({ JWT_SECRET: OLD_SECRET }).newNonce();
    const rotated = proofsWith({ JWT_SECRET_PREVIOUS: OLD_SECRET });
    expect(rotated.check(proofFor(url, { nowMs, nonce }), request).kind).toBe('good');
    expect(proofsWith().check(proofFor(url, { nowMs, nonce }), request)).toEqual({
      kind: 'bad',
      reason: 'stale',
    });
  });
});
