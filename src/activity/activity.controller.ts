import { Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser, OwnController } from '../platform/caller/index.js';
import { ApiProblems } from '../platform/documentation/index.js';
import { EventListResponse, EventsQuery, limitOf, toEventResponse } from './event.dto.js';
import { EventStore } from './event.store.js';

/** The user's own security events. */
@ApiTags('Auth')
@OwnController('api/auth/events')
export class ActivityController {
  constructor(private readonly store: EventStore) {}

  @Get()
  @ApiOperation({
    operationId: 'listEvents',
    summary: 'List security events of my account, newest first',
  })
  @ApiOkResponse({ type: EventListResponse })
  @ApiProblems('validation_failed')
  async list(
    @CurrentUser() user: { id: string },
    @Query() query: EventsQuery,
  ): Promise<EventListResponse> {
    const limit = limitOf(query);
    // One more than requested, to know whether there is another page.
    const found = await this.store.list(user.id, limit + 1, query.cursor);
    const page = found.slice(0, limit);
    return {
      events: page.map(toEventResponse),
      next_cursor: found.length > limit ? (page.at(-1)?.id ?? null) : null,
    };
  }
}
