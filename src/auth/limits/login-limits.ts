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
import { tap, type Observable } from 'rxjs';
import type { HttpRequest } from '../../platform/http/index.js';
import { Config } from '../../platform/config/index.js';
import { Problem, type ErrorCode } from '../../platform/errors/index.js';
import {
  Counters,
  networkOf,
  RateLimitRejections,
  type Tally,
} from '../../platform/throttling/index.js';
import { canonicalAddress } from '../../users/index.js';
import { LimitGuard } from './limit.guard.js';

/** What a guesser of a password or of a mailed code is told. */
const WRONG_GUESS: readonly ErrorCode[] = [
  'invalid_credentials',
  'current_password_invalid',
  'reauthentication_failed',
  'code_invalid',
];

const FIRST_WAIT_MS = 60_000;

/**
 * Long enough to make guessing pointless, short enough for somebody who has remembered their
 * password at last.
 */
const LONGEST_WAIT_MS = 15 * 60_000;

/** The longest that one attempt can take; after it, a turn ends even if the process has crashed. */
const TURN_MS = 10_000;

/** Failures are forgotten this long after the last one. */
export const FAILURES_KEPT_MS = 60 * 60_000;

/**
 * For routes that take a password: limits attempts per account and network, and per network. After
 * repeated wrong passwords, further attempts must wait.
 */
export const LimitLogins = () =>
  applyDecorators(UseGuards(LoginLimitGuard), UseInterceptors(LoginOutcomeInterceptor));

/**
 * The same limits for routes that anybody can use with success, such as to ask for a mail: they say
 * nothing about a password, so they neither wait after wrong ones nor reset their count.
 */
export const LimitAttempts = () => UseGuards(AttemptLimitGuard);

@Injectable()
class AttemptLimitGuard extends LimitGuard {
  protected override readonly names = ['login', 'login_network'] as const;
}

/** Makes attempts wait after repeated wrong passwords, longer each time. */
@Injectable()
export class LoginBackoff {
  /** This many wrong passwords cause no wait: as many as the limit allows in a minute. */
  private readonly freeFailures: number;

  constructor(
    private readonly counters: Counters,
    private readonly rejections: RateLimitRejections,
    { limits }: Config,
  ) {
    this.freeFailures = limits.loginPerAccountAndNetwork;
  }

  /** How long the next attempt must wait, and whether it must take a turn (`takeTurn`). */
  async statusOf(key: string | undefined): Promise<{ waitMs: number; takesTurns: boolean }> {
    if (this.isOff || key === undefined) return { waitMs: 0, takesTurns: false };
    const failures = await this.counters.read(failuresKey(key));
    const waitMs = waitLeftMs(failures, this.freeFailures);
    return { waitMs, takesTurns: failures.count >= this.freeFailures };
  }

  /**
   * Lets one attempt run at a time: otherwise many parallel attempts would all be made before the
   * first one is counted as a failure.
   *
   * @throws Problem `rate_limited`
   */
  async takeTurn(key: string | undefined): Promise<void> {
    if (this.isOff || key === undefined) return;
    const { count, msLeft } = await this.counters.hit(turnKey(key), TURN_MS);
    if (count > 1) this.rejections.rejectRateLimited('login_failures', msLeft);
  }

  /** Ends the turn of an attempt that did not test the password. */
  async endTurn(key: string | undefined): Promise<void> {
    if (!this.isOff && key !== undefined) await this.counters.forget(turnKey(key));
  }

  async noteFailure(key: string | undefined): Promise<void> {
    if (this.isOff || key === undefined) return;
    await Promise.all([
      this.counters.countInARow(failuresKey(key), FAILURES_KEPT_MS),
      this.counters.forget(turnKey(key)),
    ]);
  }

  async noteSuccess(key: string | undefined): Promise<void> {
    if (this.isOff || key === undefined) return;
    await Promise.all([this.counters.forget(failuresKey(key)), this.counters.forget(turnKey(key))]);
  }

  private get isOff(): boolean {
    return this.freeFailures === 0;
  }
}

/**
 * Runs before routes that take a password, so that the server hashes no password beyond the limit.
 */
@Injectable()
class LoginLimitGuard extends LimitGuard {
  @Inject()
  private readonly backoff: LoginBackoff;

  protected override readonly names = ['login', 'login_network'] as const;

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const key = cachedLoginLimitKey(context.switchToHttp().getRequest());
    const limits = this.limitsOf(context);
    // In parallel, since each may be a round trip to Redis.
    const [{ waitMs, takesTurns }, full] = await Promise.all([
      this.backoff.statusOf(key),
      this.storageService.admit(limits),
    ]);
    if (waitMs > 0) {
      if (!full) void this.storageService.takeBack(limits);
      this.rejections.rejectRateLimited('login_failures', waitMs);
    }
    if (full) this.rejections.rejectRateLimited(full.name, full.msLeft);
    if (takesTurns) await this.backoff.takeTurn(key);
    return true;
  }
}

/**
 * Reports the result of an attempt to the backoff. An error other than a wrong password says
 * nothing about the password.
 */
@Injectable()
class LoginOutcomeInterceptor implements NestInterceptor {
  constructor(private readonly backoff: LoginBackoff) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const key = cachedLoginLimitKey(context.switchToHttp().getRequest());
    return next.handle().pipe(
      // Counters never fail, and the response does not wait for Redis.
      tap({
        next: () => void this.backoff.noteSuccess(key),
        error: (error: unknown) =>
          void (isOfWrongGuess(error) ? this.backoff.noteFailure(key) : this.backoff.endTurn(key)),
      }),
    );
  }
}

function isOfWrongGuess(error: unknown): boolean {
  return error instanceof Problem && WRONG_GUESS.includes(error.code);
}

/** `loginLimitKey`, computed once per request. */
export function cachedLoginLimitKey(request: HttpRequest): string | undefined {
  const { evergreen } = request;
  if (evergreen.loginLimitKey === null) evergreen.loginLimitKey = loginLimitKey(request);
  return evergreen.loginLimitKey;
}

/** What is known of an attempt to sign in. The body is not validated yet. */
export type LoginAttempt = Pick<HttpRequest, 'ip' | 'body'> & {
  /** On routes that need a token. */
  readonly user?: { readonly userId: string };
};

/**
 * The key of the login limit: the account, whether or not it exists, and the client's network. With
 * the network in the key, a guesser in one network never locks out the owner in another. The key is
 * a hash, since people type passwords into the wrong field.
 *
 * Undefined if the body contains no possible account; the limit per network still counts the
 * attempt.
 */
export function loginLimitKey(request: LoginAttempt): string | undefined {
  const { body, user } = request;
  const account = user?.userId ?? accountIn(body);
  if (account === undefined) return undefined;
  return createHash('sha256')
    .update(`${account}\n${networkOf(request)}`)
    .digest('base64url');
}

/**
 * In exactly the form by which accounts are found. With a looser form, a similar address that
 * somebody else can register would share the owner's count, and a sign-in with it would reset that
 * count.
 */
function accountIn(body: unknown): string | undefined {
  const { email } = (body ?? {}) as { email?: unknown };
  return typeof email === 'string' ? canonicalAddress(email) : undefined;
}

/**
 * The wait after a number of consecutive failures: a minute after the first one that is not free,
 * then twice as long after each further one.
 */
export function waitMs(failures: number, freeFailures: number): number {
  if (failures <= freeFailures) return 0;
  return Math.min(FIRST_WAIT_MS * 2 ** (failures - freeFailures - 1), LONGEST_WAIT_MS);
}

/** The rest of the wait, for failures that are kept for `FAILURES_KEPT_MS` after the last one. */
export function waitLeftMs({ count, msLeft }: Tally, freeFailures: number): number {
  const sinceLastMs = FAILURES_KEPT_MS - msLeft;
  return Math.max(0, waitMs(count, freeFailures) - sinceLastMs);
}

function failuresKey(key: string): string {
  return `login_failures:${key}`;
}

function turnKey(key: string): string {
  return `login_turn:${key}`;
}
