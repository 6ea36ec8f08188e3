import { createHash } from 'node:crypto';
import {
  applyDecorators,
  Inject,
  Injectable,
  UseGuards,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { tap, type Observable } from 'rxjs';
import { Config } from '../../platform/config/index.js';
import { Problem, type ErrorCode } from '../../platform/errors/index.js';
import { Counters, networkOf, Refusals, type Tally } from '../../platform/throttling/index.js';
import { canonicalAddress } from '../../users/index.js';
import { LimitGuard } from './limit.guard.js';

const WRONG_PASSWORD: readonly ErrorCode[] = ['invalid_credentials', 'current_password_invalid'];

const FIRST_WAIT_MS = 60_000;

/**
 * Long enough to make guessing pointless, short enough for somebody who has remembered their
 * password at last.
 */
const LONGEST_WAIT_MS = 15 * 60_000;

/** As long as one attempt takes at the very most, where the process that made it has died. */
const TURN_MS = 10_000;

/** How long after the last failure all of them are forgotten. */
export const FAILURES_KEPT_MS = 60 * 60_000;

/**
 * For routes that take a password: limits attempts by account and network, and by network alone,
 * and makes those wait who go on with wrong passwords.
 */
export const LimitLogins = () =>
  applyDecorators(UseGuards(LoginLimitGuard), UseInterceptors(LoginOutcomeInterceptor));

/** Makes those wait who go on with wrong passwords, longer each time. */
@Injectable()
export class LoginBackoff {
  /** As many wrong passwords as may be sent in a minute cost no more than that. */
  private readonly freeFailures: number;

  constructor(
    private readonly counters: Counters,
    private readonly refusals: Refusals,
    { limits }: Config,
  ) {
    this.freeFailures = limits.loginPerAccountAndNetwork;
  }

  /** How long the next attempt has to wait, and whether it has to take a turn. */
  async standingOf(pair: string | undefined): Promise<{ waitMs: number; takesTurns: boolean }> {
    if (this.isOff || pair === undefined) return { waitMs: 0, takesTurns: false };
    const failures = await this.counters.read(keyOf(pair));
    const waitMs = waitLeftMs(failures, this.freeFailures);
    return { waitMs, takesTurns: failures.count >= this.freeFailures };
  }

  /**
   * One attempt at a time: many that come at once would all be made before the first has failed.
   *
   * @throws Problem `rate_limited`
   */
  async takeTurn(pair: string | undefined): Promise<void> {
    if (this.isOff || pair === undefined) return;
    const { count, msLeft } = await this.counters.hit(turnOf(pair), TURN_MS);
    if (count > 1) this.refusals.refuse('login_failures', msLeft);
  }

  /** Ends the turn of an attempt that says nothing about the password. */
  async endTurn(pair: string | undefined): Promise<void> {
    if (!this.isOff && pair !== undefined) await this.counters.forget(turnOf(pair));
  }

  async noteFailure(pair: string | undefined): Promise<void> {
    if (this.isOff || pair === undefined) return;
    await Promise.all([
      this.counters.strike(keyOf(pair), FAILURES_KEPT_MS),
      this.counters.forget(turnOf(pair)),
    ]);
  }

  async noteSuccess(pair: string | undefined): Promise<void> {
    if (this.isOff || pair === undefined) return;
    await Promise.all([this.counters.forget(keyOf(pair)), this.counters.forget(turnOf(pair))]);
  }

  private get isOff(): boolean {
    return this.freeFailures === 0;
  }
}

/**
 * Stands before routes that take a password, so that no more of them are hashed than may be tried.
 */
@Injectable()
class LoginLimitGuard extends LimitGuard {
  @Inject()
  private readonly backoff: LoginBackoff;

  protected override readonly names = ['login', 'login_network'] as const;

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const pair = pairOfRequest(context.switchToHttp().getRequest());
    const limits = this.limitsOf(context);
    // Asked at once, since both may be as far away as Redis.
    const [{ waitMs, takesTurns }, full] = await Promise.all([
      this.backoff.standingOf(pair),
      this.storageService.admit(limits),
    ]);
    if (waitMs > 0) {
      if (!full) void this.storageService.takeBack(limits);
      this.refusals.refuse('login_failures', waitMs);
    }
    if (full) this.refusals.refuse(full.name, full.msLeft);
    if (takesTurns) await this.backoff.takeTurn(pair);
    return true;
  }
}

/**
 * Tells the backoff how an attempt came out. What was refused for any other reason says nothing
 * about the password.
 */
@Injectable()
class LoginOutcomeInterceptor implements NestInterceptor {
  constructor(private readonly backoff: LoginBackoff) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const pair = pairOfRequest(context.switchToHttp().getRequest());
    return next.handle().pipe(
      // Counters never fail, and nobody waits for one that is far away.
      tap({
        next: () => void this.backoff.noteSuccess(pair),
        error: (error: unknown) =>
          void (isOfWrongPassword(error)
            ? this.backoff.noteFailure(pair)
            : this.backoff.endTurn(pair)),
      }),
    );
  }
}

function isOfWrongPassword(error: unknown): boolean {
  return error instanceof Problem && WRONG_PASSWORD.includes(error.code);
}

/** `pairOf` a request, worked out once for all who ask. */
export function pairOfRequest(request: FastifyRequest): string | undefined {
  const { evergreen } = request;
  if (evergreen.loginPair === null) evergreen.loginPair = pairOf(request);
  return evergreen.loginPair;
}

/** What a request tells of who tries to sign in, and from where. Its body is not checked yet. */
export type LoginAttempt = Pick<FastifyRequest, 'ip' | 'body'> & {
  /** On routes that need a token. */
  readonly user?: { readonly userId: string };
};

/**
 * The account that an attempt is about and the network that it comes from, whether or not there is
 * such an account. A guesser in one network so never locks out the owner in another. Hashed, since
 * people type passwords into the wrong field.
 *
 * Undefined where the body names nothing that could be an account: the limit of the network counts
 * such an attempt.
 */
export function pairOf(request: LoginAttempt): string | undefined {
  const { body, user } = request;
  const account = user?.userId ?? accountIn(body);
  if (account === undefined) return undefined;
  return createHash('sha256')
    .update(`${account}\n${networkOf(request)}`)
    .digest('base64url');
}

/**
 * In the form by which accounts are found, and nothing looser: a look-alike that somebody else can
 * register must not share the owner's count, nor forget it with a sign-in.
 */
function accountIn(body: unknown): string | undefined {
  const { email } = (body ?? {}) as { email?: unknown };
  return typeof email === 'string' ? canonicalAddress(email) : undefined;
}

/**
 * How long to wait after so many failures in a row: a minute for the first one that is not free,
 * and twice as long for each further one.
 */
export function waitMs(failures: number, freeFailures: number): number {
  if (failures <= freeFailures) return 0;
  return Math.min(FIRST_WAIT_MS * 2 ** (failures - freeFailures - 1), LONGEST_WAIT_MS);
}

/** What is left of the wait, for failures that are kept for `FAILURES_KEPT_MS` after the last. */
export function waitLeftMs({ count, msLeft }: Tally, freeFailures: number): number {
  const sinceLastMs = FAILURES_KEPT_MS - msLeft;
  return Math.max(0, waitMs(count, freeFailures) - sinceLastMs);
}

function keyOf(pair: string): string {
  return `login_failures:${pair}`;
}

function turnOf(pair: string): string {
  return `login_turn:${pair}`;
}
