import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { OwnController, Public } from '../caller/index.js';
import { Problem } from '../errors/index.js';
import { ApiProblems, openEnum } from '../documentation/index.js';
import { Readiness } from '../readiness/index.js';
import { DatabaseProbe } from './database-probe.js';

const STATUS = { type: 'string', enum: ['ok'] };
const LIVE = { schema: { type: 'object', required: ['status'], properties: { status: STATUS } } };
const READY = {
  schema: {
    type: 'object',
    required: ['status'],
    properties: {
      status: STATUS,
      revocations: {
        ...openEnum('RevocationFeedState', ['live', 'stale']),
        description:
          'The state of the revocation feed. If it is `stale`, this instance asks the database about ' +
          'each session.',
      },
    },
    additionalProperties: {
      type: 'string',
      description: 'The state of another part, in one word.',
    },
  },
};

/** For load balancers and orchestrators. */
@ApiTags('Operations')
@Public()
@OwnController('health')
export class HealthController {
  constructor(
    private readonly readiness: Readiness,
    private readonly database: DatabaseProbe,
  ) {}

  @Get('live')
  @ApiOperation({
    operationId: 'getLiveness',
    summary: 'Check whether the process runs; restart it if there is no response',
  })
  @ApiOkResponse(LIVE)
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({
    operationId: 'getReadiness',
    summary: 'Check whether requests can be served; send none while the response is 503',
  })
  @ApiOkResponse(READY)
  @ApiProblems('service_unavailable')
  async ready(): Promise<Record<string, string>> {
    if (!this.readiness.isReady) throw new Problem('service_unavailable', { isExpected: true });
    await this.database.check();
    return { status: 'ok', ...this.readiness.states };
  }
}
