import { HttpCode, Logger, Post, Req, UseGuards } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiOkResponse,
  ApiOperation,
  ApiSecurity,
  ApiTags,
} from '@nestjs/swagger';
import type { ActiveToken, Introspection } from '#protocol';
import { AccessTokens } from '../auth/index.js';
import { OwnController, Public } from '../platform/caller/index.js';
import { Config } from '../platform/config/index.js';
import { ApiProblems } from '../platform/documentation/index.js';
import { Problem } from '../platform/errors/index.js';
import { RequestBodies, type HttpRequest } from '../platform/http/index.js';
import { IntrospectionRequest, IntrospectionResponse } from './introspection.dto.js';
import { ServiceGuard } from './service.guard.js';

const PATH = '/api/auth/introspect';

/** What these say of a token is that it is not active. */
const INACTIVE = ['token_missing', 'token_invalid', 'token_expired', 'session_revoked'];

/** For the team's other services. `@Public()`, since it accepts only `SERVICE_TOKENS`. */
@ApiTags('Other services')
@ApiSecurity('service_token')
@Public()
@UseGuards(ServiceGuard)
@OwnController('api/auth')
export class IntrospectionController {
  private readonly logger = new Logger('Introspection');

  constructor(
    bodies: RequestBodies,
    private readonly tokens: AccessTokens,
    private readonly config: Config,
  ) {
    bodies.acceptForms(PATH);
  }

  @Post('introspect')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'introspect',
    summary: 'Ask whether an access token is good now (RFC 7662)',
    description:
      'If neither memory nor the database can say it, the response is 503, and never that a token is not active.',
  })
  @ApiConsumes('application/x-www-form-urlencoded', 'application/json')
  @ApiBody({ type: IntrospectionRequest })
  @ApiOkResponse({ type: IntrospectionResponse })
  @ApiProblems(
    'token_missing',
    'token_invalid',
    'validation_failed',
    'rate_limited',
    'service_unavailable',
  )
  async introspect(@Req() { body, evergreen }: HttpRequest): Promise<Introspection> {
    const token = tokenIn(body);
    const introspection = await this.introspectionOf(token);
    const { service } = evergreen;
    this.logger.debug({ service, active: introspection.active }, 'A token was introspected.');
    return introspection;
  }

  private async introspectionOf(token: string): Promise<Introspection> {
    try {
      return await this.activeToken(token);
    } catch (error) {
      if (error instanceof Problem && INACTIVE.includes(error.code)) return { active: false };
      throw error;
    }
  }

  private async activeToken(text: string): Promise<ActiveToken> {
    const principal = await this.tokens.introspect(text);
    const { userId, sessionId, keyThumbprint: jkt, issuedAt, expiresAt, roles } = principal;
    const { issuer: iss, audience: aud } = this.config.tokens;
    return {
      active: true,
      token_type: jkt === undefined ? 'bearer' : 'DPoP',
      iss,
      aud,
      sub: userId,
      sid: sessionId,
      ...(issuedAt !== undefined && { iat: issuedAt }),
      exp: expiresAt,
      roles,
      ...(jkt !== undefined && { cnf: { jkt } }),
    };
  }
}

function tokenIn(body: unknown): string {
  const token =
    typeof body === 'object' && body !== null ? (body as { token?: unknown }).token : undefined;
  if (typeof token === 'string') return token;
  const fieldErrors = [{ field: 'token', message: 'token must be a string' }];
  throw new Problem('validation_failed', { fieldErrors });
}
