import { createHash, type KeyObject } from 'node:crypto';
import { isWithin, nonceValidity } from './nonces.js';
import {
  hasAlgorithm,
  hasSecret,
  isKnownAlgorithm,
  isSignedBy,
  readProofKey,
  type ProofKey,
} from './proof-key.js';
import {
  isTooLong,
  namesNewKey,
  readProofClaims,
  readProofText,
  type ProofClaims,
  type ProofText,
} from './proof-text.js';
import { isUrlOf } from './requested-urls.js';

const PROOF_TYPE = 'dpop+jwt';

/** How far `iat` may be from our clock, in both directions, without a good nonce. */
const MAX_CLOCK_DIFFERENCE_MS = 60_000;

/**
 * Why a proof is bad: for events and tests. Clients are told no more than the error's code.
 *
 * | reason | what is wrong |
 * |---|---|
 * | `missing` | there is no header `DPoP`, or it is empty |
 * | `repeated` | there is more than one |
 * | `too_long` | it has more than 4,096 characters |
 * | `malformed` | it is not a JWT in canonical base64url |
 * | `type` | `typ` is not `dpop+jwt` |
 * | `critical` | `crit` is present; we know no extension |
 * | `algorithm` | `alg` is none of ours, or none of the key's |
 * | `private_key` | `jwk` has a private member: the client publishes its key |
 * | `key` | `jwk` is no public key on P-256 or Ed25519 |
 * | `other_key` | the key is not the expected one |
 * | `claims` | a claim is missing, or not of its type |
 * | `method` | `htm` is another method |
 * | `url` | `htu` is another URL |
 * | `access_token` | `ath` is missing, or of another access token |
 * | `signature` | the key has not signed this, or is not on its curve |
 * | `stale` | all else is good, but neither the nonce nor `iat` is in time: a challenge helps |
 */
export type BadProofReason =
  | 'missing'
  | 'repeated'
  | 'too_long'
  | 'malformed'
  | 'type'
  | 'critical'
  | 'algorithm'
  | 'private_key'
  | 'key'
  | 'other_key'
  | 'claims'
  | 'method'
  | 'url'
  | 'access_token'
  | 'signature'
  | 'stale';

/** What a proof must fit. */
export interface ProofDemand {
  /** The method of the request, in its own case. */
  readonly method: string;
  /** The URLs by which the client may have called, see `requestedUrls`. */
  readonly urls: readonly string[];
  /** The access token that came with the proof, for `ath`. */
  readonly accessToken?: string | undefined;
  /** The thumbprint of the session's key; undefined at sign-in, where every key is accepted. */
  readonly expectedThumbprint?: string | undefined;
  /** Keys of nonces, the newest first. */
  readonly nonceKeys: readonly KeyObject[];
  readonly nowMs: number;
}

/** What a check has come to. */
export type ProofCheck = GoodProof | BadProof;

export interface GoodProof {
  readonly kind: 'good';
  /** RFC 7638, with SHA-256, in base64url: what `cnf.jkt` says. */
  readonly thumbprint: string;
  /** `jti`: 1 to 128 visible characters of ASCII. */
  readonly id: string;
  /**
   * Until when the same proof stays in time, in epoch milliseconds. Where a proof must count once,
   * its id is remembered for so long: that may be years if the client's clock is ahead.
   */
  readonly goodUntilMs: number;
  /**
   * The thumbprint that `new_jkt` names, in good form. Only routes that begin an epoch use it; that
   * the client holds this key is not shown, see docs/bound-sessions.md.
   */
  readonly newThumbprint?: string | undefined;
}

export interface BadProof {
  readonly kind: 'bad';
  readonly reason: BadProofReason;
}

/**
 * Checks a proof of possession (RFC 9449, section 4.3) without reading or remembering anything, so
 * the same proof is good again as long as it is in time. It never throws. What is cheap is checked
 * first, and at most one signature is verified; the time comes last, so that only a proof by the
 * right key for this request is `stale`.
 *
 * @param header all values of the request's header `DPoP`
 */
export function checkProof(
  header: string | readonly string[] | undefined,
  demand: ProofDemand,
): ProofCheck {
  const text = onlyValueOf(header);
  if (typeof text !== 'string') return text;
  const proof = readProofText(text);
  if (!proof) return bad('malformed');
  const key = keyOf(proof);
  if ('reason' in key) return key;
  const claims = readProofClaims(proof.claims);
  if (!claims) return bad('claims');
  const reason = findFault(proof, key, claims, demand);
  if (reason) return bad(reason);
  const goodUntilMs = endOf(claims, demand);
  if (goodUntilMs === undefined) return bad('stale');
  const { jti: id, newThumbprint } = claims;
  return { kind: 'good', thumbprint: key.thumbprint, id, goodUntilMs, newThumbprint };
}

/**
 * Whether a proof names a new key for its session, even one that is bad.
 *
 * @param header all values of the request's header `DPoP`
 */
export function hasNewKey(header: string | readonly string[] | undefined): boolean {
  const text = onlyValueOf(header);
  const proof = typeof text === 'string' ? readProofText(text) : undefined;
  return proof !== undefined && namesNewKey(proof);
}

function bad(reason: BadProofReason): BadProof {
  return { kind: 'bad', reason };
}

/** Node joins repeated headers with commas, which no proof contains. */
function onlyValueOf(header: string | readonly string[] | undefined): string | BadProof {
  const [text = '', ...others] = typeof header === 'string' ? [header] : (header ?? []);
  if (others.length > 0) return bad('repeated');
  if (text === '') return bad('missing');
  if (isTooLong(text)) return bad('too_long');
  return text.includes(',') ? bad('repeated') : text;
}

function keyOf({ header: { typ, crit, alg, jwk } }: ProofText): ProofKey | BadProof {
  if (typ !== PROOF_TYPE) return bad('type');
  if (crit !== undefined) return bad('critical');
  if (!isKnownAlgorithm(alg)) return bad('algorithm');
  if (typeof jwk !== 'object' || jwk === null) return bad('key');
  if (hasSecret(jwk)) return bad('private_key');
  const key = readProofKey(jwk as Record<string, unknown>);
  if (!key) return bad('key');
  return hasAlgorithm(key, alg) ? key : bad('algorithm');
}

/** Everything but the time. */
function findFault(
  { signedText, signature }: ProofText,
  key: ProofKey,
  { htm, htu, ath }: ProofClaims,
  { expectedThumbprint, method, urls, accessToken }: ProofDemand,
): BadProofReason | undefined {
  if (expectedThumbprint !== undefined && key.thumbprint !== expectedThumbprint) return 'other_key';
  if (htm !== method) return 'method';
  if (!isUrlOf(htu, urls)) return 'url';
  if (accessToken !== undefined && ath !== hashOf(accessToken)) return 'access_token';
  return isSignedBy(key, signedText, signature) ? undefined : 'signature';
}

function hashOf(accessToken: string): string {
  return createHash('sha256').update(accessToken).digest('base64url');
}

/** When the proof stops being in time; undefined if it is not in time now. */
function endOf({ iat, nonce }: ProofClaims, { nonceKeys, nowMs }: ProofDemand): number | undefined {
  const periods = [
    { startMs: iat * 1000 - MAX_CLOCK_DIFFERENCE_MS, endMs: iat * 1000 + MAX_CLOCK_DIFFERENCE_MS },
    nonceValidity(nonce ?? '', nonceKeys),
  ].filter((period) => period !== undefined);
  const isInTime = periods.some((period) => isWithin(period, nowMs));
  return isInTime ? Math.max(...periods.map(({ endMs }) => endMs)) : undefined;
}
