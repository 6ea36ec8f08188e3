import { isUUID } from 'class-validator';
import type { Principal } from '../../platform/http/index.js';

/** A verified access token. Times are in epoch seconds. */
export interface AccessToken extends Principal {
  readonly kind: 'access';
  readonly issuedAt: number;
}

/** A verified refresh token: names its place in the session's chain. Times are in epoch seconds. */
export interface RefreshToken extends Principal {
  readonly kind: 'refresh';
  readonly issuedAt: number;
  readonly generation: number;
  readonly key: number;
  readonly parentKey: number;
}

/** The claims of both kinds of tokens, beside `iss` and `aud`. */
export interface SessionClaims {
  readonly sub: string;
  readonly sid: string;
  readonly jti: string;
  readonly epoch: number;
  readonly iat: number;
  readonly exp: number;
}

export interface AccessClaims extends SessionClaims {
  readonly auth_time: number;
}

export interface RefreshClaims extends SessionClaims {
  readonly gen: number;
  readonly key: number;
  readonly parent: number;
}

/**
 * Reads the payload of an access token whose signature is good; undefined where a claim is missing
 * or not of its form.
 */
export function readAccessClaims(
  payload: Readonly<Record<string, unknown>>,
): AccessToken | undefined {
  const principal = readPrincipal(payload);
  const { iat, auth_time } = payload;
  if (!principal || !isTime(iat) || !isTime(auth_time)) return undefined;
  return { kind: 'access', ...principal, issuedAt: iat };
}

/**
 * Reads the payload of a refresh token whose signature is good; undefined where a claim is missing
 * or not of its form.
 */
export function readRefreshClaims(
  payload: Readonly<Record<string, unknown>>,
): RefreshToken | undefined {
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

function readPrincipal({
  sub,
  sid,
  epoch,
  exp,
}: Readonly<Record<string, unknown>>): Principal | undefined {
  if (!isUUID(sub) || !isUUID(sid) || !isCounter(epoch) || !isTime(exp)) return undefined;
  return { userId: sub as string, sessionId: sid as string, epoch, expiresAt: exp };
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Counters are `integer` columns. */
function isCounter(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0x7fffffff;
}
