import type { Closing } from '../closing.js';
import type { Clock } from '../time/clock.js';
import { SteadyClock } from '../time/steady-clock.js';
import { getJson, type JsonResponse } from './get-json.js';

/** What the server says of a token; `unknown` if it says nothing, or nothing clear. */
export type Answer =
  | { readonly kind: 'good'; readonly userId: string; readonly sessionId: string }
  | { readonly kind: 'expired' | 'invalid' | 'ended' | 'unknown' };

const TIMEOUT_MS = 1000;

const UNKNOWN: Answer = { kind: 'unknown' };

/** The codes of `GET /api/auth/verify` that are about the token. */
const REFUSALS: Readonly<Record<string, Answer>> = {
  token_expired: { kind: 'expired' },
  token_invalid: { kind: 'invalid' },
  token_missing: { kind: 'invalid' },
  session_revoked: { kind: 'ended' },
};

export interface ServerCheckOptions {
  readonly server: string;
  readonly serviceToken: string;
  /** How many tokens are asked for at once; more are `unknown` at once. */
  readonly maxAtOnce: number;
  readonly clock: Clock;
  readonly closing: Closing;
}

/** Asks the server whether tokens are good. */
export class ServerCheck {
  private readonly running = new Map<string, Promise<Answer>>();
  private readonly steady: SteadyClock;

  constructor(private readonly options: ServerCheckOptions) {
    this.steady = new SteadyClock(options.clock);
  }

  /**
   * Within a second. Requests with the same token share one answer. Never rejects.
   *
   * @param isBound whether the token is of a session that is bound to a key: with `PROOF_ON=all`,
   * `verify` wants a proof that this service cannot have, and reports its absence as an attack
   */
  ask(token: string, isBound = false): Promise<Answer> {
    const running = this.running.get(token);
    if (running) return running;
    if (this.running.size >= this.options.maxAtOnce) return Promise.resolve(UNKNOWN);
    const asked = this.send(token, isBound).finally(() => this.running.delete(token));
    this.running.set(token, asked);
    return asked;
  }

  private async send(token: string, isBound: boolean): Promise<Answer> {
    const { clock, closing } = this.options;
    const sentAtMs = this.steady.readMs();
    const asked = isBound ? this.introspection(token) : this.verification(token);
    const response = await getJson({ ...asked, timeoutMs: TIMEOUT_MS, clock, closing });
    // A process that was paused may read an old answer before its timer runs.
    const isInTime = this.steady.readMs() - sentAtMs < TIMEOUT_MS;
    if (!response || !isInTime) return UNKNOWN;
    return isBound ? introspectedIn(response) : answerIn(response);
  }

  private verification(token: string) {
    const headers = { authorization: `Bearer ${token}` };
    return { url: `${this.options.server}/api/auth/verify`, headers };
  }

  private introspection(token: string) {
    const { server, serviceToken } = this.options;
    const headers = { authorization: `Bearer ${serviceToken}` };
    const form = new URLSearchParams({ token });
    return { url: `${server}/api/auth/introspect`, headers, form };
  }
}

/**
 * A 401 without one of our codes may be that of a firewall, and a 200 without our body that of a
 * page: neither says anything of the token.
 */
function answerIn({ status, body }: JsonResponse): Answer {
  if (status === 401 && typeof body.code === 'string' && Object.hasOwn(REFUSALS, body.code))
    return REFUSALS[body.code] ?? UNKNOWN;
  const { valid, user, session_id: sessionId } = body;
  const userId = (user as { id?: unknown } | null | undefined)?.id;
  if (status !== 200 || valid !== true) return UNKNOWN;
  if (typeof userId !== 'string' || typeof sessionId !== 'string') return UNKNOWN;
  return { kind: 'good', userId, sessionId };
}

/**
 * An introspection (RFC 7662) does not say why a token is not active: `expired` lets its client ask
 * the server for the next one, which does. A 401 would be about the token of this service.
 */
function introspectedIn({ status, body }: JsonResponse): Answer {
  if (status !== 200) return UNKNOWN;
  const { active, sub: userId, sid: sessionId } = body;
  if (active === false) return { kind: 'expired' };
  if (active !== true || typeof userId !== 'string' || typeof sessionId !== 'string')
    return UNKNOWN;
  return { kind: 'good', userId, sessionId };
}
