import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as requestByTls } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@evergreen-auth/dev-postgres';
import type { TokenResponse } from '../../../../src/auth/auth.dto.js';
import {
  newEmail,
  outcomeOf,
  PASSWORD,
  refreshTokenOf,
  type ApiResponse,
} from '../../../../test/support/api.js';
import { BoundClient, type ProvedCallOptions } from '../../../../test/support/bound-client.js';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { startHaProxy, type HaProxy } from '../../../../test/support/haproxy.js';
import {
  serverEnvironment,
  startServer,
  type ServerProcess,
} from '../../../../test/support/server-process.js';
import { createBinding } from '../../src/binding/index.js';
import { createAuthClient } from '../../src/core/index.js';
import { keysInMemory } from '../support/keys-in-memory.js';

// Several processes are started, which takes its time where others work on the machine, too.
jest.setTimeout(120_000);

const YEAR_MS = 365 * 86_400_000;
const REFRESH_PATHS = ['/auth/refresh', '/refresh', '/v1/auth/refresh', '/v1/refresh'];
const ME_PATHS = ['/users/me', '/v1/users/me', '/auth/me'];

const platformFetch = globalThis.fetch;

/** A client that sends a request once more if it is told a nonce, and counts its requests. */
class HonestClient {
  private readonly client: BoundClient;
  private sent = 0;

  constructor(base: string, clockErrorMs: number) {
    this.client = new BoundClient({ url: base, clock: { nowMs: () => Date.now() } });
    this.client.clockErrorMs = clockErrorMs;
  }

  /** The number of requests since it was asked last. */
  takeCount(): number {
    const { sent } = this;
    this.sent = 0;
    return sent;
  }

  forgetNonce(): void {
    this.client.nonce = undefined;
  }

  async call<Body = TokenResponse>(
    method: string,
    path: string,
    options: ProvedCallOptions,
  ): Promise<ApiResponse<Body>> {
    const send = () => {
      this.sent += 1;
      return this.client.call<Body>(method, path, options);
    };
    const response = await send();
    const challenge = response.headers.get('www-authenticate') ?? '';
    return challenge.includes('error="use_dpop_nonce"') ? send() : response;
  }
}

interface Place {
  readonly environment: (publicPort: number) => Record<string, string>;
  readonly path: string;
  readonly hasTls: boolean;
  /** URLs of the refresh by which no client can have called. */
  readonly otherUrls: readonly string[];
}

/** The proxy changes host, port and path, and the instances know that by `PUBLIC_URL` alone. */
const BELOW_A_PATH: Place = {
  environment: (port) => ({ PUBLIC_URL: `http://127.0.0.1:${port}/accounts` }),
  path: '/accounts',
  hasTls: false,
  otherUrls: ['http://evergreen.internal:8000/api/auth/refresh', '/api/auth/refresh'],
};

/** As published: the proxy leaves the host, and says that clients use TLS. */
const AS_PUBLISHED: Place = {
  environment: () => ({ TRUST_PROXY: '127.0.0.1' }),
  path: '',
  hasTls: true,
  otherUrls: ['https://evergreen.internal:8000/api/auth/refresh', '/accounts/api/auth/refresh'],
};

describe.each([
  ['that changes host, port and path', BELOW_A_PATH],
  ['as we publish its configuration', AS_PUBLISHED],
])('bound sessions behind a HAProxy %s', (_name, { environment, path, hasTls, otherUrls }) => {
  let folder: string;
  let database: TestDatabase;
  let servers: ServerProcess[] = [];
  let proxy: HaProxy;
  let base: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'evergreen-proofs-'));
    database = await createDatabase();
    const [publicPort, ...ports] = [await freePort(), await freePort(), await freePort()];
    const everywhere = { ...serverEnvironment(database.url), PROOF_ON: 'all' };
    // Two instances, so that the nonce of one is sent to the other.
    servers = await Promise.all(
      ports.map((port) =>
        startServer({ ...everywhere, ...environment(publicPort), PORT: String(port) }),
      ),
    );
    const certificate = hasTls ? newCertificate(folder) : undefined;
    proxy = await startHaProxy(ports, { publicPort, certificate, isBelowPath: path !== '' });
    base = proxy.url + path;
    if (certificate !== undefined)
      globalThis.fetch = fetchTrusting(readFileSync(certificate, 'utf8'));
  });
  afterAll(async () => {
    globalThis.fetch = platformFetch;
    await proxy.stop();
    await Promise.all(servers.map((server) => server.stop()));
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const person = () => ({ email: newEmail(), password: PASSWORD });

  describe.each([
    ['right', 0],
    ['a year ahead', YEAR_MS],
    ['a year behind', -YEAR_MS],
  ])('to a client whose clock is %s', (_clock, clockErrorMs) => {
    const withoutNonce = clockErrorMs === 0 ? 1 : 2;

    it('cost one more request at most, under each path, and none while it keeps the nonce', async () => {
      const client = new HonestClient(base, clockErrorMs);
      const body = person();
      const registered = await client.call('POST', '/auth/register', { body });
      expect([registered.status, registered.body.token_type]).toEqual([201, 'DPoP']);
      expect(client.takeCount()).toBe(withoutNonce);

      const signedIn = await client.call('POST', '/v1/auth/login', { body });
      expect([signedIn.status, signedIn.body.token_type]).toEqual([200, 'DPoP']);
      let tokens = signedIn.body;
      const refresh = async (refreshPath: string) => {
        const refresh_token = refreshTokenOf(tokens);
        const response = await client.call('POST', refreshPath, { body: { refresh_token } });
        expect(outcomeOf(response)).toBe('rotated');
        tokens = response.body;
      };
      for (const refreshPath of REFRESH_PATHS) await refresh(refreshPath);
      for (const mePath of ME_PATHS) {
        const { status } = await client.call('GET', mePath, { token: tokens.access_token });
        expect(status).toBe(200);
      }
      expect(client.takeCount()).toBe(1 + REFRESH_PATHS.length + ME_PATHS.length);

      for (const refreshPath of REFRESH_PATHS) {
        client.forgetNonce();
        await refresh(refreshPath);
        expect(client.takeCount()).toBe(withoutNonce);
      }
      await refresh('/auth/refresh');
      expect(client.takeCount()).toBe(1);
    });

    it('cost our own client as much', async () => {
      let sent = 0;
      const counted: typeof fetch = async (input, init) => {
        sent += 1;
        return fetch(input, init);
      };
      const now = () => Date.now() + clockErrorMs;
      const binding = createBinding({ store: keysInMemory(), fetch: counted, now });
      const client = createAuthClient({ baseUrl: base, fetch: binding.fetch });
      try {
        await client.register(person());
        expect(client.getSnapshot()).toMatchObject({ status: 'authenticated', binding: 'key' });
        expect(sent).toBe(withoutNonce);
        await client.refreshToken();
        await client.refreshToken();
        expect(sent).toBe(withoutNonce + 2);
        // It sends no proof to a route until that has asked for one.
        for (let times = 0; times < 2; times += 1)
          expect((await client.fetch(`${base}/api/users/me`)).status).toBe(200);
        expect(sent).toBe(withoutNonce + 2 + 3);
      } finally {
        client.dispose();
      }
    });
  });

  it('accept no proof for a URL by which nobody calls, and end nothing', async () => {
    const client = new BoundClient({ url: base, clock: { nowMs: () => Date.now() } });
    const token = refreshTokenOf(await client.register());
    for (const other of otherUrls) {
      const url = new URL(other, base).href;
      const refused = await client.refresh(token, { url });
      expect(refused.body).toMatchObject({ code: 'proof_invalid', clear_credentials: false });
    }
    expect(outcomeOf(await client.refresh(token))).toBe('rotated');
  });
});

/** A certificate for this machine and its key, in one file. */
function newCertificate(folder: string): string {
  const file = join(folder, 'certificate.pem');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const name = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const pem = execFileSync('openssl', ['req', '-x509', ...key, ...name, '-keyout', '-'], {
    stdio: 'pipe',
  });
  writeFileSync(file, pem);
  return file;
}

/** The fetch of Node trusts no other authorities than those that it was started with. */
function fetchTrusting(ca: string): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    if (!request.url.startsWith('https:')) return platformFetch(request);
    const headers = Object.fromEntries(request.headers);
    const sent = requestByTls(request.url, { method: request.method, headers, ca });
    sent.end(Buffer.from(await request.arrayBuffer()));
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const body = Buffer.concat((await response.toArray()) as Buffer[]);
    return new Response(body, {
      status: response.statusCode,
      headers: response.headers as Record<string, string>,
    });
  };
}
