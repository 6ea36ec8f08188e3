import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Config } from '../config/index.js';
import { Metrics } from './metrics.js';

/** Serves `/metrics` on `METRICS_PORT`, if it is set. That port need not be reachable for clients. */
@Injectable()
export class MetricsServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('MetricsServer');
  private readonly server = createServer(
    (request, response) => void this.respond(request, response),
  );

  constructor(
    private readonly config: Config,
    private readonly metrics: Metrics,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.config.metricsPort === undefined) return;
    this.server.listen(this.config.metricsPort, '0.0.0.0');
    await once(this.server, 'listening');
  }

  onApplicationShutdown(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async respond({ method, url }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (method !== 'GET' || url !== '/metrics') return void response.writeHead(404).end();
    try {
      const text = await this.metrics.shared();
      response.writeHead(200, { 'content-type': Metrics.CONTENT_TYPE }).end(text);
    } catch (error) {
      this.logger.error({ err: error }, 'The metrics could not be collected.');
      response.writeHead(500).end();
    }
  }
}
