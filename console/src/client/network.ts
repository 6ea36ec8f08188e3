import type { AuthClientOptions } from '@evergreen-auth/client';

type Fetch = NonNullable<AuthClientOptions['fetch']>;

/** One request of the client and what came of it. */
export interface Exchange {
  /** In milliseconds since 1970, when the response was there. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** Undefined where there was no response. */
  readonly status?: number | undefined;
  /** The code of the server's problem. */
  readonly code?: string | undefined;
  /** `X-Refresh-Outcome`. */
  readonly outcome?: string | undefined;
  /** Whether `X-New-Token` was there. */
  readonly isRenewed: boolean;
  /** What was done to it on purpose. */
  readonly fault?: Fault | undefined;
}

export type Fault = 'lost' | 'offline' | 'expired';

/** The network as the client sees it: it says what passes, and can be made to fail on purpose. */
export interface Network {
  readonly fetch: Fetch;
  /** Calls back with each exchange, until what it returns is called. */
  subscribe(listener: (exchange: Exchange) => void): () => void;
  /** The server responds to the next request, but the page does not get the response. */
  loseNextResponse(): void;
  /** The next request gets the server's response to a token that has expired. */
  expireNextToken(): void;
  /** No request leaves the page. */
  setOffline(isOffline: boolean): void;
}

/** A route that responds as to a token that has expired. It is not there in production. */
const EXPIRED_TOKEN_PATH = 'api/auth/test-token-expiration';

/**
 * A network that is the browser's own until it is made to fail.
 *
 * @param baseUrl of the server, with a trailing slash
 */
export function createNetwork(baseUrl: string): Network {
  const listeners = new Set<(exchange: Exchange) => void>();
  let fault: Fault | undefined;

  const tell = (exchange: Omit<Exchange, 'at'>) => {
    for (const listener of listeners) listener({ at: Date.now(), ...exchange });
  };
  const faultOfThis = () => {
    const now = fault;
    if (now !== 'offline') fault = undefined;
    return now;
  };

  return {
    fetch: async (input, init = {}) => {
      const request = { ...nameOf(input, init, baseUrl), fault: faultOfThis() };
      try {
        const response = await send(request.fault, input, init, baseUrl);
        tell({ ...request, ...(await headOf(response)) });
        return response;
      } catch (error) {
        tell({ ...request, isRenewed: false });
        throw error;
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    loseNextResponse: () => void (fault = 'lost'),
    expireNextToken: () => void (fault = 'expired'),
    setOffline: (isOffline) => void (fault = isOffline ? 'offline' : undefined),
  };
}

async function send(
  fault: Fault | undefined,
  input: Parameters<Fetch>[0],
  init: RequestInit,
  baseUrl: string,
): Promise<Response> {
  if (fault === 'offline') throw new TypeError('The page is offline on purpose.');
  if (fault === 'expired')
    return fetch(baseUrl + EXPIRED_TOKEN_PATH, { headers: init.headers ?? {} });
  const response = await fetch(input, init);
  if (fault === 'lost') throw new TypeError('The response was lost on purpose.');
  return response;
}

/** The method, and the path below that of the server. */
function nameOf(input: Parameters<Fetch>[0], init: RequestInit, baseUrl: string) {
  const given = input instanceof Request ? input : { url: input, method: 'GET' };
  const { href } = new URL(given.url, baseUrl);
  const path = href.startsWith(baseUrl) ? `/${href.slice(baseUrl.length)}` : href;
  return { method: init.method ?? given.method, path };
}

async function headOf(response: Response) {
  const { ok, status, headers } = response;
  return {
    status,
    outcome: headers.get('X-Refresh-Outcome') ?? undefined,
    isRenewed: headers.has('X-New-Token'),
    code: ok ? undefined : await codeOf(response.clone()),
  };
}

async function codeOf(response: Response): Promise<string | undefined> {
  const problem = (await response.json().catch(() => ({}))) as { readonly code?: string };
  return problem.code;
}
