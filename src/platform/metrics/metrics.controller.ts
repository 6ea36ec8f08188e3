import { Get, Header } from '@nestjs/common';
import { ApiExcludeEndpoint } from '@nestjs/swagger';
import { OwnController, Public } from '../caller/index.js';
import { Metrics } from './metrics.js';

@Public()
@OwnController('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @Header('content-type', Metrics.CONTENT_TYPE)
  @ApiExcludeEndpoint()
  async text(): Promise<Buffer> {
    return this.metrics.shared();
  }
}
