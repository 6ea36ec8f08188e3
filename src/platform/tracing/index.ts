import type { OnApplicationShutdown, Provider } from '@nestjs/common';
import { Config } from '../config/index.js';
import { HttpHooks } from '../http/index.js';

/**
 * Traces requests if `OTEL_EXPORTER_OTLP_ENDPOINT` is set. Without it, OpenTelemetry is not loaded.
 */
export const tracing: Provider = {
  provide: Symbol('evergreen tracing'),
  inject: [HttpHooks, Config],
  useFactory: async (hooks: HttpHooks, config: Config): Promise<Partial<OnApplicationShutdown>> => {
    if (!config.tracing) return {};
    const { startTracing } = await import('./tracing.js');
    return { onApplicationShutdown: startTracing(hooks, config.tracing) };
  },
};
