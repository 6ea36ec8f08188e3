import type { GoodToken } from '../verdict.js';

/**
 * What the response to a good token says of the caller, for the proxy to pass on. All of them are
 * always there: a proxy replaces what the caller has sent under these names only by what it is given.
 */
export function identityHeaders({ userId, sessionId, roles, expiresAt }: GoodToken) {
  return {
    'x-user-id': userId,
    'x-session-id': sessionId,
    /** Of letters, digits and `_ - : .`, separated by commas; empty if the user has none. */
    'x-roles': roles.filter(isRole).join(','),
    /** In epoch seconds. */
    'x-token-expires-at': String(expiresAt),
  };
}

/** As the server has it in `roles.ts`: no other name may become two by its comma, or a new line. */
function isRole(name: string): boolean {
  return /^[A-Za-z0-9_.:-]{1,64}$/.test(name);
}
