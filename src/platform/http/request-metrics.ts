import type { FastifyInstance } from 'fastify';
import { Counter, Histogram } from 'prom-client';
import { ERRORS, problemOf } from '../errors/index.js';
import type { Metrics } from '../metrics/index.js';

/** Around 5 ms, which most requests take, and 170 ms, which a password does, up to what clients wait for. */
const DURATIONS_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Measures requests by the template of their route, and counts problems by code: strangers cannot make up further labels. */
export function measureRequests(fastify: FastifyInstance, { registry }: Metrics): void {
  const durations = new Histogram({
    name: 'evergreen_http_request_duration_seconds',
    help: 'Time from a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATIONS_SECONDS,
    registers: [registry],
  });
  const problems = new Counter({
    name: 'evergreen_http_problems_total',
    help: 'Requests that were answered with a problem, by its code.',
    labelNames: ['status', 'code'],
    registers: [registry],
  });
  // Prometheus sees a counter rise only if it was there before.
  for (const [code, { status }] of Object.entries(ERRORS)) problems.inc({ status, code }, 0);

  fastify.addHook('onResponse', (request, reply, done) => {
    const { url: route } = request.routeOptions;
    const labels = route === undefined ? { method: 'any', route: 'none' } : { method: request.method, route };
    durations.observe({ ...labels, status: reply.statusCode }, reply.elapsedTime / 1000);
    const problem = problemOf(reply);
    if (problem) problems.inc({ status: reply.statusCode, code: problem.code });
    done();
  });
}
