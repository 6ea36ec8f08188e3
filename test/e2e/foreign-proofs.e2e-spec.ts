import { generateKeyPair, generateProof } from 'dpop';
import * as oauth from 'oauth4webapi';
import type { TokenResponse } from '../../src/auth/auth.dto.js';
import { claimsOf, newEmail, PASSWORD, refreshTokenOf } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';

/** Sends a request with a proof; the nonces are its own matter. */
type Send = (method: string, url: string, token: string, body?: object) => Promise<Response>;

const JSON_HEADERS = { 'content-type': 'application/json' };

async function byDpop(algorithm: 'ES256' | 'Ed25519'): Promise<Send> {
  const pair = await generateKeyPair(algorithm);
  let nonce: string | undefined;
  return async (method, url, token, body) => {
    const dpop = await generateProof(pair, url, method, nonce, token || undefined);
    const headers = { ...JSON_HEADERS, dpop, ...(token && { authorization: `DPoP ${token}` }) };
    const response = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
    nonce = response.headers.get('dpop-nonce') ?? nonce;
    return response;
  };
}

/** It always sends a token; at a sign-in the server ignores that. */
async function byOauth4webapi(algorithm: 'ES256' | 'Ed25519'): Promise<Send> {
  const DPoP = oauth.DPoP({}, await oauth.generateKeyPair(algorithm));
  return async (method, url, token, body) => {
    // Marked as deprecated so that it is seen in applications.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    const options = { DPoP, [oauth.allowInsecureRequests]: true };
    const send = () =>
      oauth.protectedResourceRequest(
        token || 'none',
        method,
        new URL(url),
        new Headers(JSON_HEADERS),
        body && JSON.stringify(body),
        options,
      );
    try {
      return await send();
    } catch (error) {
      if (!oauth.isDPoPNonceError(error)) throw error;
      return send();
    }
  };
}

describe.each([
  ['dpop', 'ES256', byDpop],
  ['dpop', 'Ed25519', byDpop],
  ['oauth4webapi', 'ES256', byOauth4webapi],
  ['oauth4webapi', 'Ed25519', byOauth4webapi],
] as const)('a client by npm %s with %s', (_name, algorithm, sender) => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp({ env: { SENDER_CONSTRAINT: 'required', PROOF_ON: 'all' } });
  });
  afterAll(() => app.close());

  it('registers, signs in, refreshes, and uses the API', async () => {
    const send = await sender(algorithm);
    const json = async (path: string, token: string, body?: object) => {
      const response = await send('POST', `${app.url}/api${path}`, token, body);
      return (await response.json()) as TokenResponse;
    };
    const person = { email: newEmail(), password: PASSWORD };
    const registered = await json('/auth/register', '', person);
    expect(registered.token_type).toBe('DPoP');
    const { access_token } = await json('/auth/login', '', person);
    expect(claimsOf(access_token)).toMatchObject({ cnf: claimsOf(registered.access_token).cnf });
    const refreshed = await json('/auth/refresh', refreshTokenOf(registered));
    expect(refreshed.token_type).toBe('DPoP');
    const me = await send('GET', `${app.url}/api/users/me`, refreshed.access_token);
    expect(me.status).toBe(200);
  });
});
