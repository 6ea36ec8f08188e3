import { AsyncLocalStorage } from 'node:async_hooks';
import { Logger } from '@nestjs/common';
import {
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { TracingConfig } from '../config/index.js';
import { queryChannel, type PublishedQuery } from '../database/index.js';
import type { HttpHooks, HttpRequest } from '../http/index.js';

/** A receiver that does not respond delays a stopping server by at most this time. */
const EXPORT_WITHIN_MS = 2000;

/** Requested every few seconds by machines; their traces would hide all others. */
const UNTRACED = /^\/(health\/|metrics(\?|$))/;

/**
 * Makes a span for each request, and one for each of its queries, in two hooks of our own.
 * Automatic instrumentation would need a loader before the start, and would record addresses, paths
 * and query texts.
 *
 * Returns a function that sends the last spans, and stops.
 */
export function startTracing(
  hooks: HttpHooks,
  { endpoint, serviceName, sampledShare, continuesCallers }: TracingConfig,
): () => Promise<void> {
  const logger = new Logger('Tracing');
  const report = (message: string) => logger.warn(message);
  diag.setLogger(
    { error: report, warn: report, info: () => {}, debug: () => {}, verbose: () => {} },
    DiagLogLevel.WARN,
  );

  const exporter = new OTLPTraceExporter({
    url: `${endpoint}/v1/traces`,
    timeoutMillis: EXPORT_WITHIN_MS,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampledShare) }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer('evergreen-auth');
  const current = new AsyncLocalStorage<Context>();
  spanRequests(hooks, tracer, current, continuesCallers);
  const stop = spanQueries(tracer, current);
  return async () => {
    stop();
    await provider
      .shutdown()
      .catch((error: unknown) => logger.warn({ err: error }, 'The last traces were not sent.'));
  };
}

function spanRequests(
  hooks: HttpHooks,
  tracer: Tracer,
  current: AsyncLocalStorage<Context>,
  continuesCallers: boolean,
): void {
  hooks.onRequest((request) => {
    if (UNTRACED.test(request.url)) return undefined;
    const attributes = {
      'http.request.method': request.method,
      'evergreen.request_id': request.id,
    };
    const caller = callerOf(request);
    const links = caller && !continuesCallers ? [{ context: caller }] : [];
    const parent =
      caller && continuesCallers ? trace.setSpanContext(ROOT_CONTEXT, caller) : ROOT_CONTEXT;
    const options = { kind: SpanKind.SERVER, attributes, links };
    request.evergreen.span = tracer.startSpan(request.method, options, parent);
    return undefined;
  });
  // Not earlier, since a body is read in the async context of its connection.
  hooks.aroundHandler((request, next) => {
    const { span } = request.evergreen;
    if (span) current.run(trace.setSpan(ROOT_CONTEXT, span), next);
    else next();
  });
  hooks.onResponse((request, reply) => {
    const { span, problem } = request.evergreen;
    const route = hooks.routeOf(request) ?? 'none';
    span?.updateName(`${request.method} ${route}`).setAttribute('http.route', route);
    span?.setAttribute('http.response.status_code', reply.statusCode);
    if (problem) span?.setAttribute('evergreen.code', problem.code);
    if (reply.statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
  });
  hooks.onAbort((request) => request.evergreen.span?.end());
}

/** The caller's span, from the header `traceparent` (W3C Trace Context). */
function callerOf({ headers }: HttpRequest): SpanContext | undefined {
  const parent = parseTraceParent(String(headers.traceparent));
  return parent ? { ...parent, isRemote: true } : undefined;
}

/**
 * Queries outside requests, such as those of the clean-up, make no span. Returns a function that
 * stops it.
 */
function spanQueries(tracer: Tracer, current: AsyncLocalStorage<Context>): () => void {
  const spans = new WeakMap<PublishedQuery, Span>();
  const subscribers = {
    start(query: PublishedQuery): void {
      const parent = current.getStore();
      if (!parent) return;
      const attributes = { 'db.system.name': 'postgresql', 'db.query.summary': query.summary };
      spans.set(
        query,
        tracer.startSpan(query.summary, { kind: SpanKind.CLIENT, attributes }, parent),
      );
    },
    error(query: PublishedQuery): void {
      // The message may contain values; the SQLSTATE does not.
      const { code = 'unknown' } = query.error as { code?: string };
      spans.get(query)?.setAttribute('error.type', code).setStatus({ code: SpanStatusCode.ERROR });
    },
    asyncEnd(query: PublishedQuery): void {
      spans.get(query)?.end();
    },
    end: () => {},
    asyncStart: () => {},
  };
  queryChannel.subscribe(subscribers);
  return () => {
    queryChannel.unsubscribe(subscribers);
  };
}
