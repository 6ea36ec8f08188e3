import type { TokenResponse } from '../../src/auth/auth.dto.js';
import { call, newEmail, PASSWORD, type ApiResponse, type CallOptions } from './api.js';
import { newEcKey, signProof, type ClientKey, type ProofContents } from './possession.js';

/** What of a proof is to differ from a good one. */
export type ProofChanges = Partial<ProofContents>;

export interface ProvedCallOptions extends CallOptions {
  /** False for no proof. */
  readonly proof?: ProofChanges | false;
}

/** A server, and the time there. */
export interface BoundServer {
  readonly url: string;
  readonly clock: { nowMs(): number };
}

/** A client that holds a key, and proves it with each request (RFC 9449). */
export class BoundClient {
  /** The newest that the server has given. */
  nonce: string | undefined;

  /** What its clock differs from the server's. */
  clockErrorMs = 0;

  constructor(
    private readonly server: BoundServer,
    readonly key: ClientKey = newEcKey(),
    private readonly base = server.url,
  ) {}

  /** The same key, at another instance or under another URL. */
  at(server: BoundServer, base = server.url): BoundClient {
    return new BoundClient(server, this.key, base);
  }

  /** Sends a request with a proof; `token` goes by the scheme `DPoP`. */
  async call<Body = object>(
    method: string,
    path: string,
    { token, proof = {}, headers, ...options }: ProvedCallOptions = {},
  ): Promise<ApiResponse<Body>> {
    const url = `${this.base}/api${path}`;
    const response = await call<Body>(method, url, {
      ...options,
      headers: {
        ...(token !== undefined && { authorization: `DPoP ${token}` }),
        ...(proof !== false && { dpop: this.proofFor(method, url, token, proof) }),
        ...headers,
      },
    });
    this.nonce = response.headers.get('dpop-nonce') ?? this.nonce;
    return response;
  }

  async register(email = newEmail()): Promise<TokenResponse & { email: string }> {
    const response = await this.call<TokenResponse>('POST', '/auth/register', {
      body: { email, password: PASSWORD },
    });
    if (response.status !== 201) throw new Error(`register: ${response.status} ${response.text}`);
    return { ...response.body, email };
  }

  async login(email: string): Promise<ApiResponse<TokenResponse>> {
    return this.call<TokenResponse>('POST', '/auth/login', { body: { email, password: PASSWORD } });
  }

  async refresh(refresh_token: string, proof?: ProofChanges | false) {
    return this.call<TokenResponse>('POST', '/auth/refresh', { body: { refresh_token }, proof });
  }

  private proofFor(
    method: string,
    url: string,
    token: string | undefined,
    changes: ProofChanges,
  ): string {
    const nowMs = this.server.clock.nowMs() + this.clockErrorMs;
    const { nonce } = this;
    const contents = { method, url, nowMs, accessToken: token, nonce, ...changes };
    return signProof(this.key, contents);
  }
}
