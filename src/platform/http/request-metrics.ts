import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Counter } from 'prom-client';
import { ERRORS } from '../errors/index.js';
import { Metrics, registerHistogram, Series } from '../metrics/index.js';
import { fastifyOf } from './fastify-of.js';

/**
 * Around 5 ms, which most requests take, and 170 ms, which a password does, up to what clients wait
 * for.
 */
const DURATIONS_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Measures requests by the template of their route, and counts problems by code: strangers cannot
 * make up further labels.
 */
@Injectable()
export class RequestMetrics {
  constructor(host: HttpAdapterHost, { registry }: Metrics) {
    const durations = new RequestDurations();
    registerHistogram(
      registry,
      {
        name: 'evergreen_http_request_duration_seconds',
        help: 'Time from a request to the end of its answer.',
      },
      () => durations.all,
    );
    const problems = new Counter({
      name: 'evergreen_http_problems_total',
      help: 'Requests that were answered with a problem, by its code.',
      labelNames: ['status', 'code'],
      registers: [registry],
    });
    // Prometheus sees a counter rise only if it was there before.
    for (const [code, { status }] of Object.entries(ERRORS)) problems.inc({ status, code }, 0);

    fastifyOf(host)?.addHook('onResponse', (request, reply, done) => {
      durations.of(request, reply.statusCode).observe(reply.elapsedTime / 1000);
      const { problem } = request.evergreen;
      if (problem) problems.inc({ status: reply.statusCode, code: problem.code });
      done();
    });
  }
}

/** A series for each route, method and status that has been answered. */
class RequestDurations {
  readonly all: Series[] = [];
  private readonly byRoute = new Map<string, Map<string, Series>>();

  of(request: FastifyRequest, status: number): Series {
    const { url: route = 'none' } = request.routeOptions;
    const method = route === 'none' ? 'any' : request.method;
    const ofRoute = this.byRoute.get(route) ?? new Map<string, Series>();
    return ofRoute.get(`${method} ${status}`) ?? this.begin(ofRoute, { method, route, status });
  }

  private begin(
    ofRoute: Map<string, Series>,
    labels: { method: string; route: string; status: number },
  ): Series {
    const series = new Series(labels, DURATIONS_SECONDS);
    this.all.push(series);
    this.byRoute.set(labels.route, ofRoute.set(`${labels.method} ${labels.status}`, series));
    return series;
  }
}
