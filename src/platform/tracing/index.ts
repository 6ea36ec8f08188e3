import type { FastifyInstance } from 'fastify';
import type { Config } from '../config/index.js';

/**
 * Traces requests, where `OTEL_EXPORTER_OTLP_ENDPOINT` says where to. Elsewhere nothing of
 * OpenTelemetry is loaded.
 */
export async function traceRequests(fastify: FastifyInstance, { tracing }: Config): Promise<void> {
  if (!tracing) return;
  const { startTracing } = await import('./tracing.js');
  startTracing(fastify, tracing);
}
