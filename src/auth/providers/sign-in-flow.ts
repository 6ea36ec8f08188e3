import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { serialize } from 'cookie';
import { Clock } from '../../platform/clock/index.js';
import { Config, isForTlsAlone } from '../../platform/config/index.js';
import {
  addCookie,
  publicPathOf,
  type HttpReply,
  type HttpRequest,
} from '../../platform/http/index.js';
import { seal, unseal } from '../../platform/sealing/index.js';
import { deriveSecretKey } from '../tokens/keys/derived-key.js';

/** Long enough to sign in at a provider, with a second factor. */
const FLOW_SECONDS = 600;

const COOKIE_NAME = 'evergreen_sign_in';

/** What is kept in the browser between the redirect to a provider and the way back. */
export interface Flow {
  /** What the strategy keeps in `req.session`, such as state, nonce and PKCE's verifier. */
  readonly session: Record<string, unknown>;
  /** The `state` of the redirect, which the way back must bring. */
  readonly state: string;
  /** The strategy has set no state, so it does not expect one. */
  readonly isOwnState: boolean;
  readonly returnTo: string;
  readonly rememberMe?: boolean | undefined;
  /** Set if a signed-in user links an identity. */
  readonly linkTo?: LinkingSession | undefined;
}

/** The session that has asked to link an identity. */
export interface LinkingSession {
  readonly userId: string;
  readonly sessionId: string;
  readonly epoch: number;
}

type StoredFlow = Flow & { readonly expiresAt: number };

/**
 * Keeps a flow in a cookie that only this server can read and make, and that works only for the
 * provider that it was made for. It is `Lax`: the way back comes from another site.
 */
@Injectable()
export class SignInFlows {
  /** The first key seals; all are tried, so that flows survive a rotation of the secret. */
  private readonly keys: readonly [KeyObject, ...KeyObject[]];

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    const { secret, previousSecret } = config.tokens;
    const use = 'sign-in flow';
    this.keys = [
      deriveSecretKey(secret, use),
      ...(previousSecret ? [deriveSecretKey(previousSecret, use)] : []),
    ];
  }

  keep(flow: Flow, provider: string, reply: HttpReply): void {
    const expiresAt = this.clock.nowMs() + FLOW_SECONDS * 1000;
    const sealed = seal({ ...flow, expiresAt } satisfies StoredFlow, provider, this.keys[0]);
    this.setCookie(sealed, FLOW_SECONDS, provider, reply);
  }

  /** The flow of this provider that a request brings back; undefined if it brings no good one. */
  find(request: HttpRequest, provider: string, state: string): Flow | undefined {
    return cookiesOf(request)
      .map((sealed) => unseal(sealed, provider, this.keys) as StoredFlow | undefined)
      .find((flow) => flow?.state === state && flow.expiresAt > this.clock.nowMs());
  }

  /** Deletes the cookie: a flow is for one way back. */
  end(provider: string, reply: HttpReply): void {
    this.setCookie('', 0, provider, reply);
  }

  private setCookie(value: string, maxAge: number, provider: string, reply: HttpReply): void {
    const path = `${publicPathOf(reply.request, this.config)}/api/auth/with/${provider}`;
    const secure = isForTlsAlone(this.config);
    const cookie = { path, httpOnly: true, sameSite: 'lax', secure, maxAge } as const;
    addCookie(reply, serialize(COOKIE_NAME, value, cookie));
  }
}

/** All cookies of the name: somebody on a sibling domain can add some. */
function cookiesOf({ headers }: HttpRequest): string[] {
  return (headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${COOKIE_NAME}=`))
    .map((pair) => pair.slice(COOKIE_NAME.length + 1));
}
