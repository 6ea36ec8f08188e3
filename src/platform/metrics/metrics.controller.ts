import { Get, Res } from '@nestjs/common';
import { ApiExcludeEndpoint } from '@nestjs/swagger';
import { OwnController, Public } from '../caller/index.js';
import { Config } from '../config/index.js';
import { Problem } from '../errors/index.js';
import { Metrics } from './metrics.js';

/** A response of either adapter. Nest's own way sends a buffer as JSON on Express. */
interface Reply {
  header(name: string, value: string): unknown;
  send(body: Buffer): unknown;
}

/** Serves `/metrics`, unless `METRICS_PORT` names a port of its own. */
@Public()
@OwnController('metrics')
export class MetricsController {
  constructor(
    private readonly config: Config,
    private readonly metrics: Metrics,
  ) {}

  @Get()
  @ApiExcludeEndpoint()
  async text(@Res() reply: Reply): Promise<void> {
    if (this.config.metricsPort !== undefined) throw new Problem('not_found');
    const text = await this.metrics.shared();
    reply.header('content-type', Metrics.CONTENT_TYPE);
    reply.send(text);
  }
}
