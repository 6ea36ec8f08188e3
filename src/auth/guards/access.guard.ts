import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { TokenFacts } from '#protocol';
import { callerOf, IS_PUBLIC, type Caller } from '../../platform/caller/index.js';
import { Problem } from '../../platform/errors/index.js';
import type { HttpRequest } from '../../platform/http/index.js';
import { SessionsService } from '../../sessions/index.js';
import { AccessStrategy } from '../strategies/access.strategy.js';
import { tokenFromHeader } from '../strategies/bearer-token.js';
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
  ) {
    super();
  }

  /**
   * Synchronous if both the token and its session are known in memory: a promise for each request
   * would take longer than the checks themselves.
   *
   * @throws Problem `token_missing`, `token_invalid`, `token_expired`, `session_revoked`
   */
  override canActivate(context: ExecutionContext): true | Promise<true> {
    if (this.isPublic(context)) return true;
    if (context.getType() !== 'http') return this.admitCall(context);
    const request = context.switchToHttp().getRequest<HttpRequest>();
    const text = tokenFromHeader(request);
    if (text === null) throw new Problem('token_missing');
    return this.admitBy(text, request);
  }

  /**
   * Admits a caller by an access token, wherever the token was found.
   *
   * @throws Problem `token_invalid`, `token_expired`, `session_revoked`
   */
  admitBy(text: string, caller: Caller): true | Promise<true> {
    const known = this.verified.find(text);
    if (!known) return this.verify(text).then((token) => this.admit(token, caller));
    return this.admit(this.strategy.inTime(known), caller);
  }

  /**
   * As `admitBy`, for a token that is to be renewed: its roles may have changed since it was issued,
   * or a client that has no other token would be signed out by that.
   *
   * @throws Problem `token_invalid`, `token_expired`, `session_revoked`
   */
  async admitForRenewal(text: string, caller: Caller): Promise<true> {
    const known = this.verified.find(text);
    const token = known ? this.strategy.inTime(known) : await this.verify(text);
    caller.user = token;
    return this.checkSession({ ...token, claimsVersion: undefined });
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
    return this.admitBy(text, caller);
  }

  private async verify(text: string): Promise<AccessToken> {
    const result = await this.passport.verify<AccessToken>('access', text);
    const token = this.handleRequest(null, result);
    this.verified.add(text, token);
    return token;
  }

  private admit(token: AccessToken, caller: Caller): true | Promise<true> {
    caller.user = token;
    const isKnownToLive = this.sessions.isKnownToLive(token);
    return isKnownToLive || this.checkSession(token);
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
