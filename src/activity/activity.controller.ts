import { Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser, OwnController } from '../platform/caller/index.js';
import { ApiProblems } from '../platform/documentation/index.js';
import { EventListResponse, EventsQuery } from './event.dto.js';
import { UserEvents } from './user-events.js';

/** The user's own security events. */
@ApiTags('Auth')
@OwnController('api/auth/events')
export class ActivityController {
  constructor(private readonly events: UserEvents) {}

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
    return this.events.list(user.id, query);
  }
}
