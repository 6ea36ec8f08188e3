/** Claims of a team's own, as they are in an access token. */
export type TeamClaims = Readonly<Record<string, unknown>>;

/** As JSON: with roles, an access token must fit into a header. */
export const MAX_CLAIMS_BYTES = 1024;

export const NO_CLAIMS: TeamClaims = Object.freeze({});

/**
 * Claims with a meaning of their own in our tokens, or in the RFCs that describe access tokens:
 * 7519, 7800, 8693, 9068 and OpenID Connect. With one of these, a hook could make a token outlive
 * its session, or give it to another user.
 */
const RESERVED: ReadonlySet<string> = new Set([
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'typ', 'kind'],
  ...['sid', 'epoch', 'auth_time', 'renew_until', 'claims_version', 'gen', 'key', 'parent'],
  ...['roles', 'scope', 'client_id', 'amr', 'acr', 'azp', 'nonce', 'at_hash', 'c_hash'],
  ...['act', 'may_act', 'cnf', '__proto__'],
]);

/**
 * The claims that a team's hook returned, as a token will contain them.
 *
 * @throws Error with the reason, if a token must not contain them
 */
export function checkedClaims(returned: unknown): TeamClaims {
  if (typeof returned !== 'object' || returned === null)
    throw new Error('The claims are not an object.');
  const text = JSON.stringify(returned) as string | undefined;
  const claims: unknown = JSON.parse(text ?? 'null');
  if (text === undefined || typeof claims !== 'object' || claims === null || Array.isArray(claims))
    throw new Error('The claims are not an object.');
  const reserved = Object.keys(claims).find((name) => RESERVED.has(name));
  if (reserved !== undefined) throw new Error(`The claim ${reserved} is reserved.`);
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_CLAIMS_BYTES)
    throw new Error(`The claims have ${bytes} bytes as JSON; ${MAX_CLAIMS_BYTES} are the most.`);
  return claims as TeamClaims;
}

/** A team's claims in the payload of an access token that we signed; frozen. */
export function teamClaimsIn(payload: TeamClaims): TeamClaims {
  const own = Object.entries(payload).filter(([name]) => !RESERVED.has(name));
  return own.length === 0 ? NO_CLAIMS : frozen(Object.fromEntries(own));
}

function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
}
