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

  /** Within a second. Requests with the same token share one answer. Never rejects. */
  ask(token: string): Promise<Answer> {
    const running = this.running.get(token);
    if (running) return running;
    if (this.running.size >= this.options.maxAtOnce) return Promise.resolve(UNKNOWN);
    const asked = this.send(token).finally(() => this.running.delete(token));
    this.running.set(token, asked);
    return asked;
  }

  private async send(token: string): Promise<Answer> {
    const { server, clock, closing } = this.options;
    const sentAtMs = this.steady.readMs();
    const response = await getJson({
      url: `${server}/api/auth/verify`,
      headers: { authorization: `Bearer ${token}` },
      timeoutMs: TIMEOUT_MS,
      clock,
      closing,
    });
    // A process that was paused may read an old answer before its timer runs.
    const isInTime = this.steady.readMs() - sentAtMs < TIMEOUT_MS;
    return response && isInTime ? answerIn(response) : UNKNOWN;
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
