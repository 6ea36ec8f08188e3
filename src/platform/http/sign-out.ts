import type { FastifyReply } from 'fastify';

/** An answer that ends the session of the request that it answers. */
export interface SignOut {
  /** The session kept its refresh token in the cookie. */
  readonly hadCookie: boolean;
}

const signOuts = new WeakMap<FastifyReply, SignOut>();

/**
 * For routes that end the caller's own session: what the caller still holds of it is to be cleared.
 */
export function noteSignOut(reply: FastifyReply, signOut: SignOut): void {
  signOuts.set(reply, signOut);
}

/** Undefined where the answer ends no session of its caller's. */
export function signOutOf(reply: FastifyReply): SignOut | undefined {
  return signOuts.get(reply);
}
