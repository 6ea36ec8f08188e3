import { Get, Req, Res, UseGuards } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { OwnController, Public } from '../platform/caller/index.js';
import { Clock } from '../platform/clock/index.js';
import { ApiProblems } from '../platform/documentation/index.js';
import { beginStream, type HttpReply, type HttpRequest } from '../platform/http/index.js';
import { FeedListener } from './feed-listener.js';
import { FeedListeners } from './feed-listeners.js';
import { ServiceGuard } from './service.guard.js';

/** No proxy may keep the stream, or hold it back to fill a buffer. */
const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};

/** For the team's other services. `@Public()`, since it accepts only `SERVICE_TOKENS`. */
@ApiTags('Other services')
@ApiSecurity('service_token')
@Public()
@UseGuards(ServiceGuard)
@OwnController('api/feed')
export class FeedController {
  constructor(
    private readonly listeners: FeedListeners,
    private readonly clock: Clock,
  ) {}

  @Get('revocations')
  @ApiOperation({
    operationId: 'listenToRevocations',
    summary: 'Learn at once which access tokens are void',
    description:
      'Server-sent events: `snapshot`, `revoked` and `proof`. The documentation `docs/feed.md` says what a receiver does with them.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The id of the last event that was received: what is new since then is sent.',
  })
  @ApiOkResponse({
    description: 'A stream that does not end by itself.',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @ApiProblems('token_missing', 'token_invalid', 'rate_limited', 'service_unavailable')
  listen(@Req() request: HttpRequest, @Res() reply: HttpReply): void {
    const startedAtMs = this.clock.monotonicMs();
    this.listeners.requireRoom();
    const response = beginStream(reply, HEADERS);
    // Fastify and Express answer it by the route of GET.
    if (request.method === 'HEAD') return void response.end();
    const { service = '' } = request.evergreen;
    const listener = new FeedListener(service, startedAtMs, response);
    const mark = request.headers['last-event-id'];
    void this.listeners.serve(listener, typeof mark === 'string' ? mark : '');
  }
}
