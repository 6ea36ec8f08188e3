import { Injectable } from '@nestjs/common';
import type { TokenFacts } from '#protocol';
import type { HttpRequest } from '../../platform/http/index.js';
import { Config } from '../../platform/config/index.js';
import { Problem } from '../../platform/errors/index.js';
import { SessionsService } from '../../sessions/index.js';
import { tokenFromHeader } from '../strategies/bearer-token.js';
import type { TokenKind } from '../tokens/keys/token-key.js';
import { claimedKindOf } from '../tokens/token-header.js';
import { TokenService } from '../tokens/token.service.js';
import { unverifiedClaims } from '../tokens/unverified-claims.js';
import { chooseCookie, type CookieToken } from './choose-cookie.js';
import { requireOwnPage } from './csrf.js';
import { cookiesOf } from './refresh-cookie.js';

/** A token of a request, and the kind that its header claims. */
export interface RequestToken {
  readonly kind: TokenKind;
  readonly token: string;
}

/** Finds the token of a refresh request. */
@Injectable()
export class PresentedRefreshToken {
  constructor(
    private readonly config: Config,
    private readonly tokens: TokenService,
    private readonly sessions: SessionsService,
  ) {}

  /**
   * The first refresh token in the header, the body or the cookie. Texts whose `typ` is another one
   * are skipped: interceptors and generated clients add an access token to every request. If there
   * is no refresh token anywhere, the first access token counts. A browser adds the cookie to
   * requests that any site causes, so with a cookie the request must come from one of our own
   * pages.
   *
   * Undefined if no text is of either kind.
   *
   * @throws Problem `csrf_failed`, `token_missing`, `cookies_ambiguous`
   */
  find(request: HttpRequest): RequestToken | undefined {
    const sent = [tokenFromHeader(request), tokenFromBody(request)].filter((text) => text !== null);
    const token = firstOf('refresh', sent) ?? this.fromCookie(request) ?? firstOf('access', sent);
    const hasNoToken = sent.length === 0 && !request.evergreen.usesCookie;
    if (hasNoToken) throw new Problem('token_missing');
    return token;
  }

  private fromCookie(request: HttpRequest): RequestToken | undefined {
    const [first, ...others] = cookiesOf(request);
    if (first === undefined) return undefined;
    request.evergreen.usesCookie = true;
    requireOwnPage(request, this.config);
    const token = others.length === 0 ? first : this.choose([first, ...others], request);
    return firstOf('refresh', [token]);
  }

  /**
   * Chooses one of several cookies, such as one that an earlier release left under another path.
   * Tokens that are not genuine, or whose session has ended, are ignored, unless there are no
   * others.
   */
  private choose(texts: readonly [string, ...string[]], request: HttpRequest): string {
    const genuine = texts
      .filter((text) => this.tokens.isGenuine('refresh', text))
      .map(cookieTokenOf)
      .filter((token) => !this.sessions.isKnownToBeOver(token));
    if (genuine.length === 0) return texts[0];
    const chosen = chooseCookie(genuine, this.sessionOfPage(request));
    if (!chosen) throw new Problem('cookies_ambiguous');
    return chosen.token;
  }

  /** The session in the page's access token, expired or not. */
  private sessionOfPage(request: HttpRequest): string | undefined {
    const text = tokenFromHeader(request);
    if (text === null || !this.tokens.isGenuine('access', text)) return undefined;
    return String(unverifiedClaims(text)?.sid);
  }
}

/** Reads a token whose signature was verified. */
function cookieTokenOf(token: string): CookieToken & TokenFacts {
  const { sub, sid, epoch, iat } = unverifiedClaims(token) ?? {};
  const session = { userId: String(sub), sessionId: String(sid), epoch: Number(epoch) };
  return { token, ...session, issuedAt: Number(iat) };
}

function firstOf(kind: TokenKind, texts: readonly string[]): RequestToken | undefined {
  const token = texts.find((text) => claimedKindOf(text) === kind);
  return token === undefined ? undefined : { kind, token };
}

/** The field `refresh_token` of a request's body, or null. */
function tokenFromBody({ body }: HttpRequest): string | null {
  const token = (body as { refresh_token?: unknown } | undefined | null)?.refresh_token;
  return typeof token === 'string' && token !== '' ? token : null;
}
