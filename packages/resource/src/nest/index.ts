import {
  createParamDecorator,
  HttpException,
  SetMetadata,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { admit } from '../http/admit.js';
import type { RequestHead } from '../http/request-token.js';
import type { GoodToken } from '../verdict.js';
import type { Verifier } from '../verifier.js';

/** The same as in the server. */
const IS_PUBLIC = 'evergreen:public';

/** Allows requests without a token, on a route or on all routes of a controller. */
export const Public = () => SetMetadata(IS_PUBLIC, true);

/** What `@CurrentUser()` is: the user who makes the request. */
export interface CallingUser {
  readonly id: string;
  readonly roles: readonly string[];
  readonly claims: GoodToken['claims'];
}

/** What `@CurrentSession()` is. `expiresAt` is that of the access token, in epoch seconds. */
export interface CallingSession {
  readonly id: string;
  readonly expiresAt: number;
  readonly authenticatedAt: number;
  readonly amr: readonly string[];
  /** That of the key that the session is bound to, if it is bound to one. */
  readonly keyThumbprint?: string;
}

/** The user who makes the request, a `CallingUser`; undefined on public routes. */
export const CurrentUser = createParamDecorator(
  (_: unknown, context: ExecutionContext): CallingUser | undefined => {
    const { auth } = requestOf(context);
    return auth && { id: auth.userId, roles: auth.roles, claims: auth.claims };
  },
);

/** The session of the request, a `CallingSession`; undefined on public routes. */
export const CurrentSession = createParamDecorator(
  (_: unknown, context: ExecutionContext): CallingSession | undefined => {
    const { auth } = requestOf(context);
    if (!auth) return undefined;
    const { sessionId: id, expiresAt, authenticatedAt, amr, keyThumbprint } = auth;
    return {
      ...{ id, expiresAt, authenticatedAt, amr },
      ...(keyThumbprint !== undefined && { keyThumbprint }),
    };
  },
);

interface AuthenticatedRequest extends RequestHead {
  auth?: GoodToken;
}

/** Of Express and of Fastify. */
interface Response {
  header(name: string, value: string): unknown;
}

/**
 * Guards every route that is not `@Public()`: the access token must be good. For an application on
 * Express or on Fastify:
 *
 * ```ts
 * providers: [{ provide: APP_GUARD, useValue: new AccessTokenGuard(verifier) }];
 * ```
 */
export class AccessTokenGuard implements CanActivate {
  private readonly reflector = new Reflector();

  constructor(private readonly verifier: Pick<Verifier, 'verify'>) {}

  /**
   * @throws HttpException 401 or 503, with a problem document; its headers are set by then
   * @throws Error for messages of sockets and others: give their tokens to `Verifier.verify`
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const places = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(IS_PUBLIC, places)) return true;
    if (context.getType() !== 'http')
      throw new Error('AccessTokenGuard guards routes of HTTP alone.');
    const request = requestOf(context);
    const { auth, refusal } = await admit(this.verifier, request);
    if (refusal) {
      const response = context.switchToHttp().getResponse<Response>();
      for (const [name, value] of Object.entries(refusal.headers)) response.header(name, value);
      throw new HttpException(refusal.body, refusal.status);
    }
    request.auth = auth;
    return true;
  }
}

function requestOf(context: ExecutionContext): AuthenticatedRequest {
  return context.switchToHttp().getRequest<AuthenticatedRequest>();
}
