import type { AuthClientOptions } from '../core/index.js';
import { claimsOf } from '../core/record/claims.js';
import { indexedDbKeys } from './indexed-db-keys.js';
import { type HeldKey, hold, proofOf } from './proof.js';
import type { KeyStore } from './signing-key.js';

type Fetch = NonNullable<AuthClientOptions['fetch']>;

export interface BindingOptions {
  /** Where the key is: `indexedDbKeys()`. React Native has no default. */
  readonly store?: KeyStore | undefined;
  /** What sends the requests: the platform's `fetch`. */
  readonly fetch?: Fetch | undefined;
  /** Milliseconds since 1970, by a calendar that may be wrong: `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** Binds sessions to a key of this browser or app, see `createBinding`. */
export interface Binding {
  /** For the option `fetch` of the client. Requests of others pass through it unchanged. */
  readonly fetch: Fetch;
}

/** The calls that bring a proof before they are asked for one. */
const PROVED = /\/api\/auth\/(login|logout|register|refresh|change-password|reauthenticate)$/;
const SIGN_IN = /login|register/;

const CHALLENGE = /"code": ?"proof_/;

/**
 * Binds the sessions that begin by `login` and `register` to a key, by proofs of possession
 * (RFC 9449): whoever finds a token of such a session can neither refresh nor end it without the
 * key.
 *
 * ```ts
 * const binding = createBinding();
 * const client = createAuthClient({ baseUrl: 'https://api.example.com', fetch: binding.fetch });
 * ```
 *
 * The key is made, stored and read back before the login is sent. Where that is not possible, the
 * session is not bound, and `getSnapshot().binding` is `none`. A bound session whose key is gone
 * ends here, with the reason `key_lost`; while the key cannot be read, the session is kept, and
 * what needs a proof fails with the code `storage`. Where a server asks for a proof, or for one
 * with its nonce, the request is sent once more; a body that is a stream cannot be.
 *
 * It touches neither storage nor network until it is used.
 */
export function createBinding({
  store = indexedDbKeys(),
  fetch,
  now = Date.now,
}: BindingOptions = {}): Binding {
  const send: Fetch = (input, init) => (fetch ?? globalThis.fetch)(input, init);
  /** Requests of the application's own that the server wants to be proved. */
  const challenged = new Set<string>();
  let held: HeldKey | undefined;

  /** The key for a token with this thumbprint; any key where that is not known. */
  async function keyOf(
    thumbprint: string | undefined,
    isSignIn: boolean,
  ): Promise<HeldKey | undefined> {
    if (isSignIn || !thumbprint || held?.thumbprint !== thumbprint) {
      const found = await (isSignIn ? store.make() : store.read());
      // Storage may be cleared while the page lives, and another tab may have made another key.
      if (found) held = await hold(found);
      else if (isSignIn) return undefined;
    }
    return thumbprint && held?.thumbprint !== thumbprint ? undefined : held;
  }

  const boundFetch: Fetch = async (input, init = {}) => {
    const request = input as Partial<Request>;
    const headers = new Headers(init.headers ?? request.headers);
    const [htu = ''] = (request.url ?? (input as URL).toString()).split(/[?#]/);
    const htm = (init.method ?? request.method ?? 'GET').toUpperCase();
    const token = /^Bearer (.+)/.exec(headers.get('Authorization') ?? '')?.[1];
    const thumbprint = claimsOf(token).cnf?.jkt;
    const [, route = ''] =
      (headers.get('X-Requested-With') === 'evergreen' && PROVED.exec(htu)) || [];
    if (!route && !thumbprint) return send(input, init);
    const isSignIn = SIGN_IN.test(route);

    /** Resolves with a refusal where there should be a proof, and cannot be one. */
    const prove = async (isBound: boolean): Promise<Response | undefined> => {
      try {
        const key = await keyOf(thumbprint, isSignIn);
        if (key) {
          const claims = { htm, htu, iat: Math.floor(now() / 1000), nonce: store.nonce };
          headers.set('DPoP', await proofOf(key, claims, token));
          if (thumbprint) headers.set('Authorization', `DPoP ${token}`);
        } else if (isBound) return refusal(401, 'key_lost');
      } catch {
        if (isBound) return refusal(503, 'storage');
      }
      return undefined;
    };

    const attempt = async (to: typeof input, isChallenged: boolean): Promise<Response> => {
      const isWanted = route || challenged.has(htm + htu);
      const isBound = !isSignIn && (isChallenged || !!thumbprint);
      const refused = isWanted ? await prove(isBound) : undefined;
      if (refused) return refused;
      const response = await send(to, { ...init, headers });
      const nonce = response.headers.get('DPoP-Nonce');
      if (nonce) store.nonce = nonce;
      return response;
    };

    // The body of a request can be sent once, so the original is kept for a second time.
    const response = await attempt(request.clone?.() ?? input, false);
    if (!(await isChallenge(response))) return response;
    challenged.add(htm + htu);
    return 'getReader' in Object(init.body) ? response : attempt(input, true);
  };

  return { fetch: boundFetch };
}

async function isChallenge(response: Response): Promise<boolean> {
  return response.status === 401 && CHALLENGE.test(await response.clone().text());
}

/** A problem that the client meets here, in the words of the server (RFC 9457). */
function refusal(status: number, code: string): Response {
  return new Response(JSON.stringify({ code, clear_credentials: status === 401 }), { status });
}
