import { randomUUID } from 'node:crypto';
import type { TokenResponse } from '../../src/auth/auth.dto.js';
import type { ProblemDocument } from '../../src/platform/errors/index.js';

export const PASSWORD = 'violet-Harbor-73-lantern';

export interface ApiResponse<Body> {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed body; for an error, a problem document. */
  readonly body: Body & ProblemDocument;
  readonly text: string;
}

export interface CallOptions {
  readonly token?: string;
  /** Sent as JSON; a string is sent unchanged. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the wait for a response. */
  readonly signal?: AbortSignal;
}

/** Sends one request and reads the whole response. */
export async function call<Body = object>(
  method: string,
  url: string,
  { token, body, headers, signal }: CallOptions = {},
): Promise<ApiResponse<Body>> {
  const response = await fetch(url, {
    method,
    signal,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: (parse(text) ?? {}) as Body & ProblemDocument,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The remaining seconds of a session when its tokens are signed: the next second may have begun
 * since its row was written.
 */
export function wholeOrBegun(seconds: number): readonly number[] {
  return [seconds, seconds - 1];
}

/** The API of one instance, as one client uses it. Clients differ by their device id. */
export class Api {
  constructor(
    readonly url: string,
    private readonly deviceId: string = randomUUID(),
  ) {}

  /** Another client of the same instance. */
  anotherDevice(): Api {
    return new Api(this.url);
  }

  /** The same client, sent to another instance by a load balancer. */
  at(url: string): Api {
    return new Api(url, this.deviceId);
  }

  async call<Body = object>(
    method: string,
    path: string,
    options: CallOptions = {},
  ): Promise<ApiResponse<Body>> {
    return call<Body>(method, `${this.url}/api${path}`, {
      ...options,
      headers: { 'x-device-id': this.deviceId, ...options.headers },
    });
  }

  async register(
    person: { email?: string; password?: string; first_name?: string } = {},
  ): Promise<TokenResponse & { email: string }> {
    const email = person.email ?? newEmail();
    const response = await this.call<TokenResponse>('POST', '/auth/register', {
      body: { password: PASSWORD, ...person, email },
    });
    if (response.status !== 201) throw new Error(`register: ${response.status} ${response.text}`);
    return { ...response.body, email };
  }

  async login(
    email: string,
    options: { password?: string; remember_me?: boolean } = {},
  ): Promise<ApiResponse<TokenResponse>> {
    return this.call<TokenResponse>('POST', '/auth/login', {
      body: { email, password: PASSWORD, ...options },
    });
  }

  async refresh(token: string): Promise<ApiResponse<TokenResponse>> {
    return this.call<TokenResponse>('POST', '/auth/refresh', { token });
  }

  async logout(token: string): Promise<ApiResponse<object>> {
    return this.call('POST', '/auth/logout', { token });
  }

  async me(token: string): Promise<ApiResponse<TokenResponse['user']>> {
    return this.call('GET', '/users/me', { token });
  }

  async changePassword(
    token: string,
    current_password: string,
    new_password: string,
  ): Promise<ApiResponse<TokenResponse>> {
    return this.call('POST', '/auth/change-password', {
      token,
      body: { current_password, new_password },
    });
  }
}

export function newEmail(): string {
  return `user-${randomUUID()}@example.com`;
}

/** The refresh token of a response that must have one. */
export function refreshTokenOf({ refresh_token }: TokenResponse): string {
  if (refresh_token === undefined) throw new Error('The response contains no refresh token.');
  return refresh_token;
}

/** The result of a refresh in one word: its outcome, or the code of its problem. */
export function outcomeOf(response: ApiResponse<object>): string {
  return response.headers.get('x-refresh-outcome') ?? response.body.code;
}

/** The header of a token, unverified. */
export function headerOf(token: string): Record<string, unknown> {
  return partOf(token, 0);
}

/** The claims of a token, unverified. */
export function claimsOf(token: string): Record<string, unknown> {
  return partOf(token, 1);
}

function partOf(token: string, place: number): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[place] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >;
}
