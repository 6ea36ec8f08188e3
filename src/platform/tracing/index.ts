import type { Provider } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Config } from '../config/index.js';
import { fastifyOf } from '../http/index.js';

/**
 * Traces requests if `OTEL_EXPORTER_OTLP_ENDPOINT` is set. Without it, OpenTelemetry is not loaded.
 */
export const tracing: Provider = {
  provide: Symbol('evergreen tracing'),
  inject: [HttpAdapterHost, Config],
  useFactory: async (host: HttpAdapterHost, config: Config): Promise<boolean> => {
    const fastify = fastifyOf(host);
    if (!fastify || !config.tracing) return false;
    const { startTracing } = await import('./tracing.js');
    startTracing(fastify, config.tracing);
    return true;
  },
};
