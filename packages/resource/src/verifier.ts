import { verify as verifySignature } from 'node:crypto';
import { Closing } from './closing.js';
import { FeedListener } from './feed/feed-listener.js';
import { Revocations, type RevocationState } from './feed/revocations.js';
import { settingsOf, type Settings, type VerifierOptions } from './options.js';
import { PublishedKeys, type PublishedKey } from './server/published-keys.js';
import { ServerCheck } from './server/server-check.js';
import { readAccessClaims, type AccessToken } from './tokens/claims.js';
import { RecentTokens } from './tokens/recent-tokens.js';
import { readTokenPart, readTokenText, type TokenText } from './tokens/token-header.js';
import type { GoodToken, Verdict } from './verdict.js';

/** Told of each session, when its end is first known, for what outlives a request: a socket. */
export type SessionEndedListener = (ended: { readonly sessionId: string }) => void;

/** Verifies access tokens in another service than the one that issues them. */
export interface Verifier {
  /**
   * `live`: tokens are judged from memory, which lacks no revocation that is older than four
   * seconds. `loading` and `stale`: the server is asked for each token.
   */
  readonly state: RevocationState;
  /** Judges an access token. Never rejects. */
  verify(token: string): Promise<Verdict>;
  /**
   * Resolves once the state is live and the keys are known, or after so many milliseconds (10,000 by
   * default): a service can start while the server is away. Never rejects.
   */
  ready(withinMs?: number): Promise<RevocationState>;
  /** @returns ends that */
  onSessionEnded(listener: SessionEndedListener): () => void;
  /** Ends all connections and timers. After that, tokens are `unknown`. */
  close(): void;
}

/** About 15 MB. */
const MAX_REMEMBERED_TOKENS = 10_000;

/** How many tokens may wait for a key that is not known. */
const MAX_WAITING_FOR_KEYS = 1000;

const EXPIRED: Verdict = Object.freeze({ kind: 'expired' });
const INVALID: Verdict = Object.freeze({ kind: 'invalid' });
const ENDED: Verdict = Object.freeze({ kind: 'ended' });
const UNKNOWN: Verdict = Object.freeze({ kind: 'unknown', retryAfterSeconds: 2 });

/** A token whose signature and claims were verified. */
interface KnownToken {
  readonly facts: AccessToken['facts'];
  readonly isBound: boolean;
  /** In epoch milliseconds, with the tolerance. */
  readonly refusedAtMs: number;
  readonly keyId: string;
  readonly key: PublishedKey | undefined;
  /** One for all requests, since it is what most of them get. */
  readonly good: Promise<GoodToken>;
}

/**
 * Connects to the server at once, and verifies from then on.
 *
 * @throws TypeError if an option is missing or cannot be
 */
export function createVerifier(options: VerifierOptions): Verifier {
  return new FeedVerifier(settingsOf(options));
}

class FeedVerifier implements Verifier {
  private readonly closing = new Closing();
  private readonly listeners = new Set<SessionEndedListener>();
  private readonly recent = new RecentTokens<KnownToken>(MAX_REMEMBERED_TOKENS);
  private readonly revocations: Revocations;
  private readonly keys: PublishedKeys;
  private readonly feed: FeedListener;
  private readonly check: ServerCheck;
  /** Apart, so that a flood of forged tokens does not keep genuine ones from being asked for. */
  private readonly checkOfUnverified: ServerCheck;
  private waitingForKeys = 0;
  private hasWarnedOfSecret = false;
  private readonly readyListeners = new Set<() => void>();

  constructor(private readonly settings: Settings) {
    const { clock, server, serviceToken, logger, maxRevocations, maxChecksAtOnce } = settings;
    const { closing } = this;
    const onNews = () => this.readyListeners.forEach((listener) => listener());
    const revocations = new Revocations(maxRevocations, clock, (id) => this.announce(id));
    this.keys = new PublishedKeys({ server, clock, logger, closing, onRead: onNews });
    const check = { server, serviceToken, maxAtOnce: maxChecksAtOnce, clock, closing };
    this.check = new ServerCheck(check);
    this.checkOfUnverified = new ServerCheck(check);
    this.feed = new FeedListener({
      server,
      serviceToken,
      revocations,
      clock,
      logger,
      onProven: onNews,
    });
    this.revocations = revocations;
    this.keys.start();
    this.feed.start();
  }

  get state(): RevocationState {
    return this.revocations.state;
  }

  /** Not an async function: its promise would cost more than a remembered token does. */
  verify(token: string): Promise<Verdict> {
    const known = this.recent.get(token);
    if (known && this.keys.find(known.keyId) === known.key) return this.judge(token, known);
    return this.verifyAnew(token);
  }

  async ready(withinMs = 10_000): Promise<RevocationState> {
    await this.untilReady(withinMs);
    return this.state;
  }

  onSessionEnded(listener: SessionEndedListener): () => void {
    // A function of its own, so that one that is added twice is removed twice.
    const own: SessionEndedListener = (ended) => listener(ended);
    this.listeners.add(own);
    return () => this.listeners.delete(own);
  }

  close(): void {
    this.closing.close();
    this.feed.close();
    this.readyListeners.forEach((listener) => listener());
  }

  private async verifyAnew(token: string): Promise<Verdict> {
    const text = typeof token === 'string' ? readTokenText(token) : undefined;
    if (!text) return INVALID;
    if (text.key.algorithm === 'HS256') return this.askForUnverified(token, text);
    const key = this.keys.find(text.key.id) ?? (await this.waitForKey(text.key.id));
    if (key === 'unknown') return UNKNOWN;
    if (!key || !isSignedWith(key, text)) return INVALID;
    const known = this.read(text, key);
    if (!known) return INVALID;
    this.recent.set(token, known);
    return this.judge(token, known);
  }

  /** The server may have begun to sign with a key that was published after the keys were read. */
  private async waitForKey(id: string): Promise<PublishedKey | undefined | 'unknown'> {
    if (this.waitingForKeys >= MAX_WAITING_FOR_KEYS) return 'unknown';
    this.waitingForKeys += 1;
    const isRead = await this.keys.refresh();
    this.waitingForKeys -= 1;
    return isRead ? this.keys.find(id) : 'unknown';
  }

  private read({ key: { id }, payload }: TokenText, key?: PublishedKey): KnownToken | undefined {
    const token = readAccessClaims(readTokenPart(payload) ?? {}, this.settings);
    const { clock, clockToleranceSeconds } = this.settings;
    // Whoever could sign would make a token of any lifetime by a later `iat`.
    if (!token || token.issuedAt - clockToleranceSeconds > clock.nowMs() / 1000) return undefined;
    const { facts, good } = token;
    const refusedAtMs = (good.expiresAt + clockToleranceSeconds) * 1000;
    const isBound = good.keyThumbprint !== undefined;
    return { facts, isBound, refusedAtMs, keyId: id, key, good: Promise.resolve(good) };
  }

  /** Judges what may change while a token is remembered: its time, and its session. */
  private judge(token: string, known: KnownToken): Promise<Verdict> {
    if (!(this.settings.clock.nowMs() < known.refusedAtMs)) return Promise.resolve(EXPIRED);
    const status = this.revocations.statusOf(known.facts);
    if (status !== 'live') return Promise.resolve(status === 'ended' ? ENDED : EXPIRED);
    if (this.revocations.state === 'live' && !this.closing.isClosed) return known.good;
    return this.ask(token, known, this.check);
  }

  private async askForUnverified(token: string, text: TokenText): Promise<Verdict> {
    this.warnOfSecret();
    const known = this.read(text);
    if (!known) return INVALID;
    if (!(this.settings.clock.nowMs() < known.refusedAtMs)) return EXPIRED;
    return this.ask(token, known, this.checkOfUnverified);
  }

  private async ask(token: string, known: KnownToken, check: ServerCheck): Promise<Verdict> {
    const answer = await check.ask(token, known.isBound);
    switch (answer.kind) {
      case 'good':
        return this.confirm(known, answer);
      case 'expired':
        return EXPIRED;
      case 'invalid':
        return INVALID;
      case 'ended':
        return ENDED;
      case 'unknown':
        return UNKNOWN;
    }
  }

  /** What was received while the server was asked counts, too. */
  private confirm(
    { facts, good }: KnownToken,
    { userId, sessionId }: { userId: string; sessionId: string },
  ): Verdict | Promise<Verdict> {
    if (userId !== facts.userId || sessionId !== facts.sessionId) return UNKNOWN;
    const status = this.revocations.statusOf(facts);
    if (status === 'live') return good;
    return status === 'ended' ? ENDED : EXPIRED;
  }

  private warnOfSecret(): void {
    if (this.hasWarnedOfSecret) return;
    this.hasWarnedOfSecret = true;
    this.settings.logger.warn(
      'The server signs access tokens with a shared secret (HS256), so it is asked for each of them. With JWT_KEYS_FILE they are judged here.',
    );
  }

  private announce(sessionId: string): void {
    for (const listener of this.listeners) {
      try {
        listener({ sessionId });
      } catch (error) {
        this.settings.logger.error(`A listener of onSessionEnded failed: ${String(error)}`);
      }
    }
  }

  /** Keeps the process alive meanwhile: a service that waits has nothing else to do yet. */
  private untilReady(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const settle = () => {
        const isReady = this.state === 'live' && this.keys.isLoaded;
        if (isReady || this.closing.isClosed) stop();
      };
      const stop = () => {
        cancel();
        this.readyListeners.delete(settle);
        resolve();
      };
      const cancel = this.settings.clock.after(withinMs, stop, true);
      this.readyListeners.add(settle);
      settle();
    });
  }
}

function isSignedWith(key: PublishedKey, { signed, signature }: TokenText): boolean {
  return verifySignature('sha256', Buffer.from(signed), key, Buffer.from(signature, 'base64url'));
}
