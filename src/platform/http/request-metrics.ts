import { Injectable } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';
import { ERRORS } from '../errors/index.js';
import { Metrics } from '../metrics/index.js';
import { HttpHooks } from './hooks/index.js';

/**
 * Most requests take about 5 ms, a password takes 170 ms, and clients wait for some seconds.
 */
const DURATIONS_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Measures requests by route template, and counts problems by code, so that clients cannot create
 * new labels.
 */
@Injectable()
export class RequestMetrics {
  constructor(hooks: HttpHooks, { registry }: Metrics) {
    const durations = new Histogram({
      name: 'evergreen_http_request_duration_seconds',
      help: 'Time from a request to the end of its response.',
      labelNames: ['method', 'route', 'status'],
      buckets: DURATIONS_SECONDS,
      registers: [registry],
    });
    const problems = new Counter({
      name: 'evergreen_http_problems_total',
      help: 'Responses that were problems, by code.',
      labelNames: ['status', 'code'],
      registers: [registry],
    });
    // Prometheus sees an increase only of a counter that existed before.
    for (const [code, { status }] of Object.entries(ERRORS)) problems.inc({ status, code }, 0);

    hooks.onResponse((request, { statusCode: status }, elapsedMs) => {
      const labels = labelsOf(hooks.routeOf(request), request.method, status);
      if (!request.evergreen.isEndless) durations.observe(labels, elapsedMs / 1000);
      const { problem } = request.evergreen;
      // Not that of the response: a resolver's errors have the status 200.
      if (problem) problems.inc({ status: problem.status, code: problem.code });
    });
  }
}

/** Where no route matches, the method may be any text that a stranger sends, so it is no label. */
function labelsOf(route: string | undefined, method: string, status: number) {
  return route === undefined ? { method: 'any', route: 'none', status } : { method, route, status };
}
