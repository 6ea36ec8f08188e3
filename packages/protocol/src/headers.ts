/**
 * The names of the headers that the API has of its own, or of RFC 9449, as documents write them.
 * Case does not matter to HTTP (RFC 9110, section 5.1).
 */
export const HEADERS = {
  /** Of a request: an id that the client has made up for its device. A signal, not a secret. */
  deviceId: 'X-Device-Id',
  /** Of a request: a page of another site cannot set it without being asked for its origin. */
  requestedWith: 'X-Requested-With',
  /** Of a response: an access token that is to replace the one of the request. */
  newToken: 'X-New-Token',
  /** Of a response: the seconds until that token expires. */
  newTokenExpiresIn: 'X-New-Token-Expires-In',
  /** Of a response to a refresh: one of `REFRESH_OUTCOMES`. */
  refreshOutcome: 'X-Refresh-Outcome',
  /** Of a request: a proof that its sender holds the key of the session (RFC 9449, section 4). */
  proof: 'DPoP',
  /** Of a response: what the next proof is to contain (RFC 9449, section 8). */
  proofNonce: 'DPoP-Nonce',
} as const;

/**
 * Where a name stands as a literal, since a constant would cost its reader something (bytes in a
 * page, a conversion for each request), `satisfies` holds it to this list, and nothing of that is
 * left once it is compiled:
 *
 * ```ts
 * headers.get('X-New-Token' satisfies HeaderName);
 * ```
 */
export type HeaderName = (typeof HEADERS)[keyof typeof HEADERS];

/** As Node's HTTP server names the headers of a request, and HTTP/2 all of them. */
export type LowerCaseHeaderName = Lowercase<HeaderName>;
