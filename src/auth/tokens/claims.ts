import { isUUID } from 'class-validator';
import type { Principal } from '../../platform/caller/index.js';
import { MAX_ACCESS_SECONDS } from '../../platform/config/index.js';
import { NO_CLAIMS, teamClaimsIn } from './team-claims.js';

/** A verified access token. Times are in epoch seconds. */
export interface AccessToken extends Principal {
  readonly kind: 'access';
  readonly issuedAt: number;
  /** How the user has proved who they are (RFC 8176); empty if the token does not say. */
  readonly amr: readonly string[];
  /** See `TokenFacts`. */
  readonly claimsVersion: number;
  /** When the user last proved who they are: `auth_time`. */
  readonly authenticatedAt: number;
  /** The latest expiry that renewals may reach; undefined if it may not be renewed. */
  readonly renewUntil: number | undefined;
}

/**
 * A verified refresh token, with its position in the session's chain. Times are in epoch seconds.
 */
export interface RefreshToken extends Principal {
  readonly kind: 'refresh';
  readonly issuedAt: number;
  readonly generation: number;
  readonly key: number;
  readonly parentKey: number;
}

/** SHA-256 in base64url (RFC 7638). */
const THUMBPRINT = /^[\w-]{42}[AEIMQUYcgkosw048]$/;

const NO_ROLES: readonly string[] = Object.freeze([]);

type Payload = Readonly<Record<string, unknown>>;

/** The claims of both kinds of tokens. */
export interface SessionClaims {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly sid: string;
  readonly jti: string;
  readonly epoch: number;
  readonly iat: number;
  readonly exp: number;
  /**
   * The key that the session is bound to (RFC 9449, section 6.1); absent if it is bound to none.
   */
  readonly cnf?: { readonly jkt: string };
}

export interface AccessClaims extends SessionClaims {
  readonly auth_time: number;
  readonly amr: readonly string[];
  /**
   * Set at the login or refresh that the token descends from, and copied by renewals, so that the
   * owner's later refreshes do not extend a stolen access token.
   */
  readonly renew_until: number;
  /** RFC 9068, section 2.2.3.1; absent if there are none. */
  readonly roles?: readonly string[];
  /** Absent if it is 0. */
  readonly claims_version?: number;
}

export interface RefreshClaims extends SessionClaims {
  readonly gen: number;
  readonly key: number;
  readonly parent: number;
}

/**
 * Reads the payload of an access token whose signature was verified. Undefined if a claim is
 * missing or malformed, or if the token would outlive the entries of the blacklist.
 */
export function readAccessClaims(payload: Payload): AccessToken | undefined {
  const principal = readPrincipal(payload);
  const { iat, auth_time, amr, renew_until, roles = NO_ROLES, claims_version = 0 } = payload;
  if (!principal || !isTime(iat) || !isTime(auth_time)) return undefined;
  if (!areNames(roles) || !isCounter(claims_version)) return undefined;
  if (principal.expiresAt - iat > MAX_ACCESS_SECONDS) return undefined;
  const renewUntil = isTime(renew_until) ? renew_until : undefined;
  return {
    kind: 'access',
    ...principal,
    // Requests with the same token share it.
    roles: Object.freeze(roles),
    claims: teamClaimsIn(payload),
    claimsVersion: claims_version,
    issuedAt: iat,
    authenticatedAt: auth_time,
    amr: namesIn(amr),
    renewUntil,
  };
}

/**
 * Reads the payload of a refresh token whose signature was verified. Undefined if a claim is
 * missing or malformed.
 */
export function readRefreshClaims(payload: Payload): RefreshToken | undefined {
  const principal = readPrincipal(payload);
  const { iat, gen, key, parent } = payload;
  if (
    !principal ||
    !isTime(iat) ||
    !isCounter(gen) ||
    !isCounter(key) ||
    !isCounter(parent) ||
    key < 1
  )
    return undefined;
  return { kind: 'refresh', ...principal, issuedAt: iat, generation: gen, key, parentKey: parent };
}

/**
 * A token with several audiences, or with an `nbf`, is rejected: we never issue one.
 */
function readPrincipal({ aud, nbf, sub, sid, epoch, exp, cnf }: Payload): Principal | undefined {
  if (typeof aud !== 'string' || nbf !== undefined) return undefined;
  const keyThumbprint = cnf === undefined ? undefined : thumbprintIn(cnf);
  // Never taken for a token that is bound to nothing.
  if (keyThumbprint === null) return undefined;
  if (!isUUID(sub) || !isUUID(sid) || !isCounter(epoch) || !isTime(exp)) return undefined;
  const session = { userId: sub as string, sessionId: sid as string, epoch, expiresAt: exp };
  return { ...session, keyThumbprint, roles: NO_ROLES, claims: NO_CLAIMS };
}

function thumbprintIn(cnf: unknown): string | null {
  const { jkt } = Object(cnf) as { jkt?: unknown };
  return typeof jkt === 'string' && THUMBPRINT.test(jkt) ? jkt : null;
}

function areNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

function namesIn(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((name) => typeof name === 'string') : [];
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Counters are `integer` columns. */
function isCounter(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0x7fffffff;
}
