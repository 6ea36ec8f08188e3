import {
  type Binding,
  decideRotation,
  defaultAutoRenewMaxSeconds,
  FIRST_TOKEN,
  isDueForRenewal,
  newChain,
  REFUSAL_CODES,
  renewedExpiresAt,
  type RotationOutcomeName,
  type RotationPolicy,
  type RotationState,
  slidingExpiresAt,
  type TokenPlace,
  type Transport,
  type User,
} from '#protocol';
import { Refusal } from './problems.js';
import { type AccessToken, readToken, type RefreshToken, tokenText, type Token } from './tokens.js';

const DAY_SECONDS = 86_400;
const REMEMBERED_SECONDS = 30 * DAY_SECONDS;
const SHORT_SECONDS = DAY_SECONDS;
const LONGEST_SECONDS = 90 * DAY_SECONDS;

export interface SessionRules extends RotationPolicy {
  readonly accessTokenSeconds: number;
  /** An access token that has less left is renewed with the next response, by `X-New-Token`. */
  readonly renewBelowSeconds: number;
  /** How long a session lives from its last refresh on, unless its login says `remember_me`. */
  readonly sessionSeconds: number;
}

/** One session as the fake server keeps it. Instants are in milliseconds since 1970. */
export interface FakeSession {
  readonly id: string;
  readonly user: User;
  readonly transport: Transport;
  readonly binding: Binding;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  readonly expiresAt: number;
}

type RefusalCode = (typeof REFUSAL_CODES)[keyof typeof REFUSAL_CODES];

/** A refresh as the server has seen it. */
export interface FakeRefresh {
  readonly sessionId: string;
  readonly at: number;
  /** `X-Refresh-Outcome`, or the code of the error. */
  readonly outcome: RotationOutcomeName | RefusalCode | 'reauthentication_required';
}

/** What a client is handed that has nothing but its access token. */
export interface AccessGrant {
  readonly session: FakeSession;
  readonly accessToken: string;
  readonly accessSeconds: number;
}

/** What a client is handed on login, register, refresh and change of password. */
export interface Grant extends AccessGrant {
  readonly refreshToken: string;
  readonly refreshSeconds: number;
}

/** What the rules of rotation decide on, and what the client sees of it. */
interface Row extends FakeSession, RotationState {
  readonly expiresAt: number;
  isEnded: boolean;
  /** When the user last proved who they are. */
  readonly authenticatedAt: number;
  /** The epoch that the last change of password began; later ones began by proofs. */
  readonly provableEpoch: number;
}

/** How a session begins. */
interface SignIn {
  readonly rememberMe?: boolean | undefined;
  readonly transport: Transport;
  /** Of the key that the sign-in has proved. */
  readonly keyThumbprint?: string | undefined;
}

/** How long users stay signed in: the sessions of the fake server. */
export type Sessions = ReturnType<typeof createSessions>;

export function createSessions(rules: SessionRules, now: () => number) {
  const rows = new Map<string, Row>();
  const refreshes: FakeRefresh[] = [];
  let lastTokenNumber = 0;
  let lastExpiredNumber = 0;

  const isLive = (row: Row | undefined): row is Row =>
    !!row && !row.isEnded && now() < row.expiresAt;
  const seconds = () => Math.floor(now() / 1000);
  const renewal = {
    accessSeconds: rules.accessTokenSeconds,
    renewBelowSeconds: rules.renewBelowSeconds,
  };

  function begin(user: User, by: string, { rememberMe, transport, keyThumbprint }: SignIn): Grant {
    const lifetimeSeconds =
      rememberMe === undefined
        ? rules.sessionSeconds
        : rememberMe
          ? REMEMBERED_SECONDS
          : SHORT_SECONDS;
    const at = now();
    const lifetime = { lifetimeSeconds, absoluteExpiresAt: at + LONGEST_SECONDS * 1000 };
    const row = {
      id: crypto.randomUUID(),
      user,
      transport,
      binding: keyThumbprint === undefined ? ('none' as const) : ('key' as const),
      keyThumbprint,
      createdAt: at,
      lastUsedAt: at,
      expiresAt: slidingExpiresAt(lifetime, at),
      epoch: 0,
      provableEpoch: 0,
      authenticatedAt: at,
      isEnded: false,
      ...lifetime,
      // The fingerprint of a bound session is its key.
      ...newChain(keyThumbprint ?? by, at),
    };
    rows.set(row.id, row);
    return grant(row, FIRST_TOKEN, row.expiresAt);
  }

  function refresh(
    token: RefreshToken,
    by: string,
  ): { grant: Grant; outcome: RotationOutcomeName } {
    const report = (outcome: FakeRefresh['outcome']) =>
      void refreshes.push({ sessionId: token.sid, at: now(), outcome });
    const refuse = (kind: keyof typeof REFUSAL_CODES): never => {
      report(REFUSAL_CODES[kind]);
      throw new Refusal(REFUSAL_CODES[kind]);
    };
    const row = rows.get(token.sid);
    if (isPast(token)) return refuse('expired');
    if (!row) return refuse('ended');
    const keyThumbprint = token.cnf?.jkt;
    const presented = { ...token, fingerprint: keyThumbprint ?? by, keyThumbprint };
    const decision = decideRotation(row, presented, now(), rules);
    if (!('child' in decision)) {
      if (decision.kind === 'outdated' && token.epoch >= row.provableEpoch) {
        report('reauthentication_required');
        throw new Refusal('reauthentication_required');
      }
      if (decision.kind === 'reused') row.isEnded = true;
      return refuse(decision.kind);
    }
    const { kind, child, expiresAt } = decision;
    if ('chain' in decision) Object.assign(row, decision.chain, { lastUsedAt: now(), expiresAt });
    report(kind);
    return { grant: grant(row, child, expiresAt), outcome: kind };
  }

  /**
   * The older tokens of this session are void from now on, and the user's other sessions are over.
   */
  function beginNextEpoch(id: string, by: string): Grant {
    const row = rows.get(id) as Row;
    endAll(row.user.id, id);
    return restart(Object.assign(row, { provableEpoch: row.epoch + 1 }), by);
  }

  /** The user has proved again who they are: other sessions stay as they are. */
  function beginProvenEpoch(token: Token, by: string): Grant {
    return restart(provable(token), by);
  }

  /** The session of a token by which its user may prove who they are. */
  function provable({ sid, epoch }: Token): Row {
    const row = rows.get(sid);
    if (!isLive(row) || epoch < row.provableEpoch) throw new Refusal('session_revoked');
    return row;
  }

  function restart(row: Row, by: string): Grant {
    const at = now();
    Object.assign(row, newChain(row.keyThumbprint ?? by, at), {
      epoch: row.epoch + 1,
      authenticatedAt: at,
      lastUsedAt: at,
      expiresAt: slidingExpiresAt(row, at),
    });
    return grant(row, FIRST_TOKEN, row.expiresAt);
  }

  /** Whether the user has proved who they are within that time, without the clock tolerance. */
  function isRecent({ auth_time }: AccessToken, maxAgeSeconds: number): boolean {
    return now() < (auth_time + maxAgeSeconds) * 1000;
  }

  function grant(row: Row, place: TokenPlace, expiresAt: number): Grant {
    const sessionSeconds = Math.floor((expiresAt - now()) / 1000);
    const accessSeconds = Math.min(rules.accessTokenSeconds, sessionSeconds);
    const renewUntil = seconds() + defaultAutoRenewMaxSeconds(rules.accessTokenSeconds);
    const accessToken = accessText(row, seconds() + accessSeconds, renewUntil);
    const refreshToken = tokenText({
      typ: 'refresh',
      ...claims(row, Math.floor(expiresAt / 1000)),
      ...place,
    });
    return {
      session: row,
      accessToken,
      accessSeconds,
      refreshToken,
      refreshSeconds: sessionSeconds,
    };
  }

  function accessText(row: Row, exp: number, renewUntil: number): string {
    const auth_time = Math.floor(row.authenticatedAt / 1000);
    return tokenText({ typ: 'access', ...claims(row, exp), renew_until: renewUntil, auth_time });
  }

  function claims({ id, user, epoch, keyThumbprint: jkt }: Row, exp: number) {
    const bound = typeof jkt === 'string' ? { cnf: { jkt } } : {};
    const jti = String(++lastTokenNumber);
    return { sub: user.id, sid: id, jti, epoch, iat: seconds(), exp, ...bound };
  }

  /** A token of ours in this text. */
  function genuine(text: string | undefined): Token {
    if (!text) throw new Refusal('token_missing');
    const token = readToken(text);
    if (!token) throw new Refusal('token_invalid');
    return token;
  }

  /** The session that this access token opens. */
  function admit(text: string | undefined): { token: AccessToken; session: FakeSession } {
    const token = genuine(text);
    if (token.typ !== 'access') throw new Refusal('token_invalid');
    if (isPast(token)) throw new Refusal('token_expired');
    const session = rows.get(token.sid);
    if (!isLive(session)) throw new Refusal('session_revoked');
    if (token.epoch < session.epoch) throw new Refusal('token_expired');
    return { token, session };
  }

  function isPast({ typ, jti, exp }: Token): boolean {
    return now() >= exp * 1000 || (typ === 'access' && Number(jti) <= lastExpiredNumber);
  }

  function secondsLeft({ exp }: Pick<Token, 'exp'>): number {
    return exp - seconds();
  }

  /**
   * What is to follow an access token that is near its end; nothing where it would not live longer.
   */
  function renew(token: AccessToken): AccessGrant | undefined {
    const isDue = isDueForRenewal(token.exp, now() / 1000, renewal);
    return isDue && isLive(rows.get(token.sid)) ? following(token) : undefined;
  }

  /** What follows an admitted access token, or where none lives longer, one that lives as long. */
  function exchange(token: AccessToken): AccessGrant {
    return following(token) ?? accessGrant(token, token.exp);
  }

  function following(token: AccessToken): AccessGrant | undefined {
    const { expiresAt } = rows.get(token.sid) as Row;
    const request = {
      expiresAt: token.exp,
      now: now() / 1000,
      remainingSeconds: (expiresAt - now()) / 1000,
      renewUntil: token.renew_until,
    };
    const exp = renewedExpiresAt(request, renewal);
    return exp === undefined ? undefined : accessGrant(token, exp);
  }

  function accessGrant({ sid, renew_until }: AccessToken, exp: number): AccessGrant {
    const session = rows.get(sid) as Row;
    const accessToken = accessText(session, exp, renew_until);
    return { session, accessToken, accessSeconds: exp - seconds() };
  }

  /** A token of ours that is not past its expiry, of a session that may have ended. */
  function unexpired(text: string): Token {
    const token = genuine(text);
    if (isPast(token))
      throw new Refusal(token.typ === 'access' ? 'token_expired' : 'session_expired');
    return token;
  }

  /** Ends the session of a token, unless that is from before its last change of password. */
  function endByToken({ sid, epoch }: Token): void {
    const row = rows.get(sid);
    if (row && epoch >= row.epoch) row.isEnded = true;
  }

  /** Whether this refresh token of ours is good for nothing any more. */
  function isOver(text: string): boolean {
    const token = genuine(text);
    const row = rows.get(token.sid);
    return !isLive(row) || token.epoch < row.epoch || isPast(token);
  }

  function end(id: string): boolean {
    const row = rows.get(id);
    if (!isLive(row)) return false;
    row.isEnded = true;
    return true;
  }

  /** Ends all of a user's sessions but one, and says how many. */
  function endAll(userId: string, exceptId?: string): number {
    return live().filter(({ id, user }) => user.id === userId && id !== exceptId && end(id)).length;
  }

  function live(): readonly FakeSession[] {
    return [...rows.values()].filter(isLive);
  }

  return {
    refreshes,
    now,
    begin,
    refresh,
    beginNextEpoch,
    beginProvenEpoch,
    provable,
    isRecent,
    genuine,
    admit,
    secondsLeft,
    renew,
    exchange,
    unexpired,
    endByToken,
    isOver,
    end,
    endAll,
    live,
    expireAccessTokens: () => void (lastExpiredNumber = lastTokenNumber),
  };
}
