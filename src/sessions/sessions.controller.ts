import { Delete, Get, HttpCode, Param, Query, Req } from '@nestjs/common';
import {
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import { CurrentSession, CurrentUser, NoRenewal, OwnController } from '../platform/caller/index.js';
import { ApiProblems } from '../platform/documentation/index.js';
import { Problem } from '../platform/errors/index.js';
import type { HttpRequest } from '../platform/http/index.js';
import {
  cursorAfter,
  pageOf,
  SessionListResponse,
  SessionsQuery,
  toSessionResponse,
} from './session.dto.js';
import { SessionsService } from './sessions.service.js';

/** My devices. */
@ApiTags('Sessions')
@OwnController('api/sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Get()
  @ApiOperation({ operationId: 'listSessions', summary: 'List my live sessions' })
  @ApiOkResponse({ type: SessionListResponse })
  @ApiProblems('validation_failed')
  async list(
    @CurrentUser() user: { id: string },
    @CurrentSession() current: { id: string },
    @Query() query: SessionsQuery,
  ): Promise<SessionListResponse> {
    const { limit, after } = pageOf(query);
    // One more than requested, to know whether there is another page.
    const found = await this.sessions.list(user.id, { limit: limit + 1, after });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      sessions: page.map((session) => toSessionResponse(session, current.id)),
      next_cursor: last && found.length > limit ? cursorAfter(last) : null,
    };
  }

  @NoRenewal()
  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'endSession',
    summary: 'End one of my sessions',
    description: "Somebody else's session is `not_found`, like one that does not exist.",
  })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiNoContentResponse({ description: 'The session has ended on every instance.' })
  @ApiProblems('not_found')
  async end(
    @Param('id') id: string,
    @CurrentUser() user: { id: string },
    @CurrentSession() current: { id: string },
    @Req() request: HttpRequest,
  ): Promise<void> {
    const ended = isUUID(id)
      ? await this.sessions.endOwn(id, { userId: user.id, sessionId: current.id }, request.client)
      : undefined;
    if (!ended) throw new Problem('not_found');
    if (ended.sessionId === current.id) request.evergreen.signOut = ended;
  }
}
