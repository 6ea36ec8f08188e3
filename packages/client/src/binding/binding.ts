import { type AuthClientOptions, AuthError } from '../core/index.js';
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

const SIGN_IN = /(login|register)$/;
/** Whoever has lost the key can still do this, unless the server wants a proof of everything. */
const SIGN_OUT_EVERYWHERE = 'logout-all';

const CHALLENGE = /"proof_(required|invalid)"/;

/** A problem that the client meets here, in the words of the server (RFC 9457). */
const KEY_LOST = '{"code":"key_lost","clear_credentials":true}';

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
 * ends here, with the reason `key_lost`; while the key cannot be read or cannot sign, the session
 * is kept, and what needs a proof rejects with the code `storage`. So does a sign-in with a key
 * that cannot sign, since its session would not be bound. Where a server asks for a proof, or for
 * one with its nonce, the request is sent once more; a body that is a stream cannot be.
 *
 * It touches neither storage nor network until it is used.
 */
export function createBinding({
  store = indexedDbKeys(),
  fetch,
  now = Date.now,
}: BindingOptions = {}): Binding {
  const send: Fetch = (input, init) => (fetch ?? globalThis.fetch)(input, init);
  /** Requests that the server wants to be proved. */
  const challenged = new Set<string>();
  let held: HeldKey | undefined;
  /** The newest of the server. It lives for minutes, so it is not worth storing. */
  let nonce: string | undefined;

  /** The key for a token with this thumbprint; where that is not known, the one that there is. */
  async function keyOf(
    thumbprint: string | undefined,
    isSignIn: boolean,
  ): Promise<HeldKey | undefined> {
    if (!thumbprint || held?.thumbprint !== thumbprint) {
      const found = await store[isSignIn ? 'make' : 'read']();
      // Storage may be cleared while the page lives, and another tab may have made another key.
      if (found || isSignIn) held = found && (await hold(found));
    }
    return !thumbprint || held?.thumbprint === thumbprint ? held : undefined;
  }

  async function boundFetch(
    input: Parameters<Fetch>[0],
    init: RequestInit = {},
    isChallenged = false,
  ): Promise<Response> {
    const request = input as Partial<Request>;
    const headers = new Headers(init.headers ?? request.headers);
    const token = headers.get('Authorization')?.split('Bearer ')[1];
    const thumbprint = claimsOf(token).cnf?.jkt;
    const isOwn = headers.get('X-Requested-With') === 'evergreen';
    if (!isOwn && !thumbprint) return send(input, init);
    const [htu = ''] = (request.url ?? (input as URL).toString()).split(/[?#]/);
    const htm = (init.method ?? request.method ?? 'GET').toUpperCase();
    if (challenged.has(htm + htu) || (isOwn && !htu.endsWith(SIGN_OUT_EVERYWHERE))) {
      const isSignIn = isOwn && SIGN_IN.test(htu);
      // Without a proof it would be refused; or bound no more, by a server that knows no bindings.
      const isBound = !isSignIn && (isChallenged || thumbprint);
      let key: HeldKey | undefined;
      try {
        key = await keyOf(thumbprint, isSignIn);
        if (key) {
          const iat = Math.floor(now() / 1000);
          headers.set('DPoP', await proofOf(key, { htm, htu, iat, nonce }, token));
          if (thumbprint) headers.set('Authorization', `DPoP ${token}`);
        } else if (isBound) return new Response(KEY_LOST, { status: 401 });
      } catch (cause) {
        if (isBound || (isSignIn && key)) throw new AuthError('storage', undefined, { cause });
      }
    }
    // The body of a request can be sent once, so the original is kept for a second time.
    const response = await send(isChallenged ? input : (request.clone?.() ?? input), {
      ...init,
      headers,
    });
    nonce = response.headers.get('DPoP-Nonce') ?? nonce;
    if (isChallenged || response.status !== 401 || !CHALLENGE.test(await response.clone().text()))
      return response;
    challenged.add(htm + htu);
    return 'getReader' in Object(init.body) ? response : boundFetch(input, init, true);
  }

  return { fetch: (input, init) => boundFetch(input, init) };
}
