import { Inject, Injectable } from '@nestjs/common';
import type { Transport } from '#protocol';
import { Config } from '../platform/config/index.js';
import { Problem } from '../platform/errors/index.js';
import { SecurityEvents } from '../platform/events/index.js';
import type { HttpReply, HttpRequest } from '../platform/http/index.js';
import type { SessionClient } from '../sessions/index.js';
import type { TokenResponse } from './auth.dto.js';
import { KeyProofs } from './bound-sessions/key-proofs.js';
import { clientOf } from './client-info/client.decorator.js';
import { HookedSessions, type ClaimedGrant } from './hooks/hooked-sessions.js';
import { requireOwnPage } from './refresh-cookie/csrf.js';
import { TokenResponder } from './responses/token-responder.js';

/** Who has proved who they are, how, and what session they want. */
export interface SignInProof {
  readonly userId: string;
  /** How, by the names of RFC 8176, such as `['hwk']`; at least one. */
  readonly amr: readonly string[];
  /** Where the refresh token is sent; `body` by default. */
  readonly transport?: Transport | undefined;
  /** Decides how long the session lasts without use; see the configuration. */
  readonly rememberMe?: boolean | undefined;
}

/**
 * Begins sessions by a proof that a team has checked itself, such as a passkey or a code from a
 * text message. The session is the same as one that `POST /api/auth/login` begins.
 */
@Injectable()
export class SignIn {
  // Not by the constructor, whose types the declarations of the package would contain.
  @Inject() private readonly sessions: HookedSessions;
  @Inject() private readonly events: SecurityEvents;
  @Inject() private readonly responder: TokenResponder;
  @Inject() private readonly config: Config;
  @Inject() private readonly keyProofs: KeyProofs;

  /**
   * Begins a session, and returns the body of the response. With the transport `cookie`, the
   * refresh token is set as a cookie on `reply`, and the request must come from a page that may
   * call the API. `request` and `reply` are those of Fastify or Express, as `@Req()` and
   * `@Res({ passthrough: true })` give them. A proof in the header `DPoP`, of this very request,
   * binds the session to its key.
   *
   * @throws Problem `csrf_failed`; `invalid_credentials` if there is no such active user; that of a
   *   session hook; `proof_invalid`, and `proof_required` if sessions must be bound
   */
  async begin(proof: SignInProof, request: object, reply: object): Promise<TokenResponse> {
    const page = request as HttpRequest;
    if (proof.transport === 'cookie') requireOwnPage(page, this.config);
    const keyThumbprint = this.keyProofs.keyOfSignIn(page);
    const grant = await this.beginSession(proof, clientOf(page), keyThumbprint);
    return this.responder.respond(grant, reply as HttpReply);
  }

  /**
   * Begins a session without a response: for a route that has checked itself which page it was
   * called by, and whose request cannot bring a proof, so that the session is not bound.
   *
   * @internal
   * @throws Problem `invalid_credentials` if there is no such active user; `proof_required` if
   * sessions must be bound
   */
  async grant(proof: SignInProof, client: SessionClient): Promise<ClaimedGrant> {
    this.keyProofs.refuseIfRequired();
    return this.beginSession(proof, client, undefined);
  }

  private async beginSession(
    { userId, amr, transport = 'body', rememberMe }: SignInProof,
    client: SessionClient,
    keyThumbprint: string | undefined,
  ): Promise<ClaimedGrant> {
    const options = { transport, rememberMe, keyThumbprint };
    const grant = await this.sessions.begin({ userId, amr, client, ...options });
    if (!grant) throw new Problem('invalid_credentials');
    const sessionId = grant.session.id;
    await this.events.emit('login_succeeded', { userId, sessionId, client, details: { amr } });
    return grant;
  }
}
