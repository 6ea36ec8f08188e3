import type { TokenFacts } from '#protocol';
import type { GoodToken } from '../verdict.js';

/** What an access token says. */
export interface AccessToken {
  /** Frozen, since all requests with the same token share it. */
  readonly good: GoodToken;
  readonly facts: TokenFacts;
  /** In epoch seconds. */
  readonly issuedAt: number;
}

type Payload = Readonly<Record<string, unknown>>;

/** The server's maximum: it forgets revocations soon after. */
const MAX_ACCESS_SECONDS = 24 * 3600;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** SHA-256 in base64url, as the server has it. */
const THUMBPRINT = /^[\w-]{42}[AEIMQUYcgkosw048]$/;

/** Claims with a meaning of their own, as the server has them in `team-claims.ts`. */
const RESERVED: ReadonlySet<string> = new Set([
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'typ', 'kind'],
  ...['sid', 'epoch', 'auth_time', 'renew_until', 'claims_version', 'gen', 'key', 'parent'],
  ...['roles', 'scope', 'client_id', 'amr', 'acr', 'azp', 'nonce', 'at_hash', 'c_hash'],
  ...['act', 'may_act', 'cnf', '__proto__'],
]);

const NO_NAMES: readonly string[] = Object.freeze([]);
const NO_CLAIMS: Payload = Object.freeze({});

/**
 * Reads the payload of an access token whose signature was verified, as the server does. Undefined
 * if it is of another issuer or for another audience, if a claim is missing or malformed, or if the
 * token would outlive the entries of the blacklist.
 */
export function readAccessClaims(
  payload: Payload,
  { issuer, audience }: { readonly issuer: string; readonly audience: string },
): AccessToken | undefined {
  const { iss, aud, nbf, sub, sid, epoch, exp, iat, auth_time, amr, cnf } = payload;
  const { roles = NO_NAMES, claims_version = 0 } = payload;
  // A token with several audiences, or with an `nbf`, is rejected: the server never issues one.
  if (iss !== issuer || aud !== audience || nbf !== undefined) return undefined;
  if (!isUuid(sub) || !isUuid(sid) || !isCounter(epoch) || !isCounter(claims_version))
    return undefined;
  if (!isTime(exp) || !isTime(iat) || !isTime(auth_time) || !areNames(roles)) return undefined;
  if (exp - iat > MAX_ACCESS_SECONDS) return undefined;
  const keyThumbprint = cnf === undefined ? undefined : thumbprintIn(cnf);
  // Never taken for a token that is bound to nothing.
  if (keyThumbprint === null) return undefined;
  return {
    good: Object.freeze({
      kind: 'good',
      userId: sub,
      sessionId: sid,
      expiresAt: exp,
      authenticatedAt: auth_time,
      amr: Object.freeze(namesIn(amr)),
      roles: Object.freeze(roles),
      ...(keyThumbprint !== undefined && { keyThumbprint }),
      claims: teamClaimsIn(payload),
    }),
    facts: { userId: sub, sessionId: sid, epoch, claimsVersion: claims_version },
    issuedAt: iat,
  };
}

/** Most tokens have none, and that is found out without making anything. */
function teamClaimsIn(payload: Payload): Payload {
  const own = Object.keys(payload).filter((name) => !RESERVED.has(name));
  return own.length === 0
    ? NO_CLAIMS
    : frozen(Object.fromEntries(own.map((name) => [name, payload[name]])));
}

function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
}

function thumbprintIn(cnf: unknown): string | null {
  const { jkt } = Object(cnf) as { jkt?: unknown };
  return typeof jkt === 'string' && THUMBPRINT.test(jkt) ? jkt : null;
}

function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

function areNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

function namesIn(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((name) => typeof name === 'string') : NO_NAMES;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Counters are `integer` columns of the server. */
function isCounter(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0x7fffffff;
}
