import { Inject, Injectable } from '@nestjs/common';
import type { Caller, Principal } from '../../platform/caller/index.js';
import { Problem } from '../../platform/errors/index.js';
import type { HttpRequest } from '../../platform/http/index.js';
import { AccessGuard } from './access.guard.js';
import { PresentedAccessToken } from './presented-access-token.js';

/** Verifies access tokens where no guard does, such as in the handshake of a socket. */
@Injectable()
export class AccessTokens {
  private readonly owners = new WeakMap<object, string>();

  // Not by the constructor, whose types the declarations of the package would contain.
  @Inject() private readonly guard: AccessGuard;
  @Inject() private readonly presented: PresentedAccessToken;

  /**
   * The user and session of an access token, verified as the guard does it. What is no text, such as
   * the object that a client sends instead of one, is `token_invalid`. With `PROOF_ON=all`, the
   * token of a bound session is good only with its request, which brings the proof.
   *
   * @throws Problem `token_missing`, `token_invalid`, `token_expired`, `session_revoked`; of a
   *   bound
   * session `proof_required`, `proof_invalid`
   */
  async verify<Claims extends object = Principal['claims']>(
    token: string | null | undefined,
    request?: object,
  ): Promise<Principal<Claims>> {
    if (!token) throw new Problem('token_missing');
    if (typeof token !== 'string') throw new Problem('token_invalid');
    const caller: Caller = {};
    await this.guard.admitBy(token, caller, request as HttpRequest | undefined);
    return caller.user as Principal as Principal<Claims>;
  }

  /**
   * As `verify`, for another service, which checks the proof of a bound session itself.
   *
   * @internal
   * @throws Problem `token_missing`, `token_invalid`, `token_expired`, `session_revoked`
   */
  async introspect(token: string): Promise<Principal> {
    if (!token) throw new Problem('token_missing');
    return this.guard.introspect(token);
  }

  /**
   * Verifies a token, and has the guard use it for every later message of this socket, until
   * another one is attached. A message that arrives before the promise settles is already judged by
   * it. A socket stays with its first user.
   *
   * @param socket what handlers get as `@ConnectedSocket()`, or the request of a subscription
   * @throws Problem those of `verify`; `forbidden` for the token of another user
   */
  async attach<Claims extends object = Principal['claims']>(
    socket: object,
    token: string | null | undefined,
  ): Promise<Principal<Claims>> {
    if (typeof token === 'string' && token && !this.owners.has(socket))
      this.presented.attach(socket, token);
    const principal = await this.verify<Claims>(token);
    const owner = this.owners.get(socket) ?? principal.userId;
    if (owner !== principal.userId) throw new Problem('forbidden');
    this.owners.set(socket, owner);
    this.presented.attach(socket, token as string);
    return principal;
  }
}
