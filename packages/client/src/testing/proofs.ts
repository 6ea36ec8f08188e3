import { HEADERS } from '#protocol';
import { decodeText, encodeText } from './base64url.js';
import { Refusal } from './problems.js';
import { sha256 } from './sha256.js';

const BUCKET_MS = 60_000;
/** The bucket of a nonce and the two after it. */
const GOOD_BUCKETS = 3;
/** How far `iat` may be from the server's clock without a good nonce. */
const MAX_CLOCK_DIFFERENCE_MS = 60_000;
/** 64 bytes in base64url. */
const SIGNATURE = /^[\w-]{86}$/;

/** A proof of possession (RFC 9449) that a request brings, of which nothing has been checked. */
export interface Proof {
  readonly text: string;
  readonly method: string;
  readonly url: string;
}

interface Contents {
  readonly header: Readonly<Record<'typ' | 'alg', unknown>> & {
    readonly jwk: Readonly<Record<string, unknown>>;
  };
  readonly claims: Readonly<Record<'jti' | 'htm' | 'htu' | 'iat' | 'nonce' | 'ath', unknown>>;
}

/** Checks proofs as the server does, but for their signature: the tokens here have none either. */
export interface ProofChecks {
  /** Undefined if the request brings none. */
  read(request: Request): Proof | undefined;
  /**
   * The thumbprint of the key that a proof is of.
   *
   * @param accessToken the one that comes with the proof
   * @throws Refusal `proof_invalid`
   */
  thumbprintOf(proof: Proof, accessToken?: string): string;
  newNonce(): string;
}

/** @param now milliseconds since 1970 */
export function createProofChecks(now: () => number): ProofChecks {
  const bucket = () => Math.floor(now() / BUCKET_MS);

  function isInTime({ iat, nonce }: Contents['claims']): boolean {
    const ageBuckets = bucket() - Number(/^nonce-(\d+)$/.exec(String(nonce))?.[1]);
    return (
      (ageBuckets >= 0 && ageBuckets < GOOD_BUCKETS) ||
      Math.abs(Number(iat) * 1000 - now()) <= MAX_CLOCK_DIFFERENCE_MS
    );
  }

  return {
    read(request) {
      const text = request.headers.get(HEADERS.proof);
      const { method, url } = request;
      return text === null ? undefined : { text, method, url };
    },
    thumbprintOf({ text, method, url }, accessToken) {
      const contents = contentsOf(text);
      if (!contents) throw new Refusal('proof_invalid');
      const { header, claims } = contents;
      const { crv, kty, x, y, d } = header.jwk;
      const isWellFormed =
        header.typ === 'dpop+jwt' &&
        header.alg === 'ES256' &&
        d === undefined &&
        typeof claims.jti === 'string';
      const isOfRequest = claims.htm === method && isSameUrl(String(claims.htu), url);
      const isOfToken = accessToken === undefined || claims.ath === sha256(accessToken);
      if (!isWellFormed || !isOfRequest || !isOfToken || !isInTime(claims))
        throw new Refusal('proof_invalid');
      return sha256(JSON.stringify({ crv, kty, x, y }));
    },
    newNonce: () => `nonce-${bucket()}`,
  };
}

function contentsOf(text: string): Contents | undefined {
  const [header = '', claims = '', signature = ''] = text.split('.');
  if (!SIGNATURE.test(signature)) return undefined;
  try {
    const contents = {
      header: JSON.parse(decodeText(header)) as Contents['header'],
      claims: JSON.parse(decodeText(claims)) as Contents['claims'],
    };
    return typeof contents.header.jwk === 'object' && encodeText(decodeText(claims)) === claims
      ? contents
      : undefined;
  } catch {
    return undefined;
  }
}

/** Query and fragment do not matter (RFC 9449, section 4.3). */
function isSameUrl(one: string, other: string): boolean {
  return URL.canParse(one) && withoutQuery(one) === withoutQuery(other);
}

function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
