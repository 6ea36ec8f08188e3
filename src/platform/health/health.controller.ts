import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Statements } from '../database/index.js';
import { Problem } from '../errors/index.js';
import { ApiProblems, Public } from '../http/index.js';
import { Readiness } from './readiness.js';

const STATUS_OK = {
  schema: { type: 'object', properties: { status: { type: 'string', enum: ['ok'] } } },
};

/** For load balancers and orchestrators. */
@ApiTags('Operations')
@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly readiness: Readiness,
    private readonly statements: Statements,
  ) {}

  @Get('live')
  @ApiOperation({ summary: 'The process runs; restart it where this does not answer' })
  @ApiOkResponse(STATUS_OK)
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'Requests can be served; send none here where this says 503' })
  @ApiOkResponse(STATUS_OK)
  @ApiProblems('service_unavailable')
  async ready(): Promise<Record<string, string>> {
    if (!this.readiness.isReady) throw new Problem('service_unavailable');
    await this.statements.run({ name: 'ready', text: 'SELECT 1' }, []);
    return { status: 'ok', ...this.readiness.states };
  }
}
