import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Config } from '../../platform/config/index.js';
import { Problem } from '../../platform/errors/index.js';
import { tokenFromHeader } from '../strategies/bearer-token.js';
import type { TokenKind } from '../tokens/keys/token-key.js';
import { claimedKindOf } from '../tokens/token-header.js';
import { TokenService } from '../tokens/token.service.js';
import { requireOwnPage } from './csrf.js';
import { cookiesOf, newestOf } from './refresh-cookie.js';

/** A token that a request brings, and of which kind it says that it is. */
export interface BroughtToken {
  readonly kind: TokenKind;
  readonly token: string;
}

/** Finds the token that a request for a refresh is about. */
@Injectable()
export class PresentedRefreshToken {
  constructor(
    private readonly config: Config,
    private readonly tokens: TokenService,
  ) {}

  /**
   * The first refresh token in the header, the body or the cookie. What says that it is none is
   * passed over: interceptors and generated clients add an access token to every request. An access
   * token counts where there is no refresh token anywhere. A cookie comes along by itself, whoever
   * caused the request, so it must have come from a page of ours.
   *
   * Undefined where what it brings says that it is neither.
   *
   * @throws Problem `csrf_failed`, `token_missing`
   */
  find(request: FastifyRequest): BroughtToken | undefined {
    const sent = [tokenFromHeader(request), tokenFromBody(request)].filter((text) => text !== null);
    const token = firstOf('refresh', sent) ?? this.fromCookie(request) ?? firstOf('access', sent);
    const bringsNothing = sent.length === 0 && !request.evergreen.usesCookie;
    if (bringsNothing) throw new Problem('token_missing');
    return token;
  }

  private fromCookie(request: FastifyRequest): BroughtToken | undefined {
    const [first, ...others] = cookiesOf(request);
    if (first === undefined) return undefined;
    request.evergreen.usesCookie = true;
    requireOwnPage(request, this.config);
    const token = newestOf([first, ...others], (text) => this.tokens.isGenuine('refresh', text));
    return firstOf('refresh', [token]);
  }
}

function firstOf(kind: TokenKind, texts: readonly string[]): BroughtToken | undefined {
  const token = texts.find((text) => claimedKindOf(text) === kind);
  return token === undefined ? undefined : { kind, token };
}

/** The field `refresh_token` of a request's body, or null. */
function tokenFromBody({ body }: FastifyRequest): string | null {
  const token = (body as { refresh_token?: unknown } | undefined | null)?.refresh_token;
  return typeof token === 'string' && token !== '' ? token : null;
}
