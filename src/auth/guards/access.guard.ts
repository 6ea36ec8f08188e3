import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { TokenFacts } from '#protocol';
import { callerOf, IS_PUBLIC, requestOf, type Caller } from '../../platform/caller/index.js';
import { Problem } from '../../platform/errors/index.js';
import type { HttpRequest } from '../../platform/http/index.js';
import { SessionsService } from '../../sessions/index.js';
import { KeyProofs, type PresentedToken } from '../bound-sessions/key-proofs.js';
import { AccessStrategy } from '../strategies/access.strategy.js';
import { hasProofScheme, tokenFromHeader } from '../strategies/bearer-token.js';
import { OwnPassport } from '../strategies/own-passport.js';
import type { AccessToken } from '../tokens/claims.js';
import { VerifiedTokens } from '../tokens/verified-tokens.js';
import { PresentedAccessToken } from './presented-access-token.js';

/**
 * Guards every route, resolver and message that is not `@Public()`: the access token must be good,
 * and its session live. Passport verifies each token once; while the token is cached, only its
 * expiry is checked.
 */
@Injectable()
export class AccessGuard extends AuthGuard('access') {
  constructor(
    private readonly reflector: Reflector,
    private readonly passport: OwnPassport,
    private readonly strategy: AccessStrategy,
    private readonly verified: VerifiedTokens,
    private readonly sessions: SessionsService,
    private readonly presented: PresentedAccessToken,
    private readonly proofs: KeyProofs,
  ) {
    super();
  }

  /**
   * Synchronous if both the token and its session are known in memory: a promise for each request
   * would take longer than the checks themselves.
   *
   * @throws Problem `token_missing`, `token_invalid`, `token_expired`, `session_revoked`; of a
   *   bound
   * session `proof_required`, `proof_invalid`
   */
  override canActivate(context: ExecutionContext): true | Promise<true> {
    if (this.isPublic(context)) return true;
    if (context.getType() !== 'http') return this.admitCall(context);
    const request = context.switchToHttp().getRequest<HttpRequest>();
    const text = tokenFromHeader(request);
    if (text === null) throw new Problem('token_missing');
    return this.admitBy(text, request, request, context);
  }

  /**
   * Admits a caller by an access token, wherever the token was found. The proof of a bound session
   * is that of `request`, and is required where `context` is marked, or everywhere.
   *
   * @throws Problem `token_invalid`, `token_expired`, `session_revoked`; of a bound session
   * `proof_required`, `proof_invalid`
   */
  admitBy(
    text: string,
    caller: Caller,
    request?: HttpRequest,
    context?: ExecutionContext,
  ): true | Promise<true> {
    const known = this.verified.find(text);
    return known
      ? this.admit(this.strategy.inTime(known), text, caller, request, context)
      : this.verify(text).then((token) => this.admit(token, text, caller, request, context));
  }

  /**
   * As `admitBy`, for a token that is to be renewed: its roles may have changed since it was issued,
   * or a client that has no other token would be signed out by that.
   *
   * @throws Problem `token_invalid`, `token_expired`, `session_revoked`; of a bound session
   * `proof_required`, `proof_invalid`
   */
  async admitForRenewal(text: string, request: HttpRequest): Promise<true> {
    const token = await this.tokenOf(text);
    request.user = token;
    await this.proofs.require({ token, text, request });
    return this.checkSession({ ...token, claimsVersion: undefined });
  }

  /**
   * The claims of an access token, without a proof of the key that it may be bound to: for another
   * service, which got both and checks the proof itself.
   *
   * @throws Problem `token_invalid`, `token_expired`, `session_revoked`
   */
  async introspect(text: string): Promise<AccessToken> {
    const token = await this.tokenOf(text);
    if (!this.sessions.isKnownToLive(token)) await this.checkSession(token);
    return token;
  }

  override handleRequest<Token>(error: Error | null, token: Token | false): Token {
    if (error) throw error;
    if (!token) throw new Problem('token_invalid');
    return token;
  }

  /** A resolver, a message of a socket, or one of a microservice. */
  private admitCall(context: ExecutionContext): true | Promise<true> {
    const caller = callerOf(context);
    const text = this.presented.find(context);
    if (text === null || !caller) throw new Problem('token_missing');
    const request = requestOf<Partial<HttpRequest>>(context);
    // What opened the socket of a subscription is a request of Node's, which is not ours.
    return this.admitBy(text, caller, request?.evergreen && (request as HttpRequest), context);
  }

  private async tokenOf(text: string): Promise<AccessToken> {
    const known = this.verified.find(text);
    return known ? this.strategy.inTime(known) : this.verify(text);
  }

  private async verify(text: string): Promise<AccessToken> {
    const result = await this.passport.verify<AccessToken>('access', text);
    const token = this.handleRequest(null, result);
    this.verified.add(text, token);
    return token;
  }

  private admit(
    token: AccessToken,
    text: string,
    caller: Caller,
    request: HttpRequest | undefined,
    context: ExecutionContext | undefined,
  ): true | Promise<true> {
    caller.user = token;
    if (token.keyThumbprint !== undefined || (request && hasProofScheme(request)))
      return this.admitProved({ token, text, request }, context);
    return this.sessions.isKnownToLive(token) || this.checkSession(token);
  }

  /** The proof comes first: with a stolen token alone, nobody can make the server read anything. */
  private async admitProved(
    presented: PresentedToken & { readonly token: AccessToken },
    context: ExecutionContext | undefined,
  ): Promise<true> {
    await this.proofs.requireOn(context, presented);
    return this.sessions.isKnownToLive(presented.token) || this.checkSession(presented.token);
  }

  private async checkSession(token: TokenFacts): Promise<true> {
    const status = await this.sessions.status(token);
    if (status === 'ended') throw new Problem('session_revoked');
    // The session is live in a later epoch, or the user has other roles: its client has, or can get,
    // a newer token.
    if (status === 'outdated') throw new Problem('token_expired');
    return true;
  }

  private isPublic(context: ExecutionContext): boolean {
    const places = [context.getHandler(), context.getClass()];
    return this.reflector.getAllAndOverride<boolean | undefined>(IS_PUBLIC, places) ?? false;
  }
}
