import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Problem } from '../../platform/errors/index.js';
import type { HttpRequest } from '../../platform/http/index.js';
import { AccessGuard } from '../guards/access.guard.js';
import { tokenFromHeader } from '../strategies/bearer-token.js';

/**
 * For a public route that also uses who is signed in. A request with a mailed token needs no access
 * token, and one that is not good counts as none: the link must work in a browser whose session has
 * ended. A request with nothing but a code needs one.
 */
@Injectable()
export class OptionalAccessGuard implements CanActivate {
  constructor(private readonly accessGuard: AccessGuard) {}

  /** @throws Problem of `AccessGuard`, for a request that has only a code */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<HttpRequest>();
    try {
      const text = tokenFromHeader(request);
      if (text === null) throw new Problem('token_missing');
      return await this.accessGuard.admitBy(text, request, request, context);
    } catch (error) {
      delete request.user;
      if (isAboutToken(error) && !hasOnlyCode(request.body)) return true;
      throw error;
    }
  }
}

function isAboutToken(error: unknown): boolean {
  return error instanceof Problem && error.status === 401;
}

/** The body is not validated yet. */
function hasOnlyCode(body: unknown): boolean {
  const { token, code } = Object(body) as { token?: unknown; code?: unknown };
  return code !== undefined && token === undefined;
}
