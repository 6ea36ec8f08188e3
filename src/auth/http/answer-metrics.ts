import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Counter, Histogram } from 'prom-client';
import { problemOf } from '../../platform/errors/index.js';
import type { Metrics } from '../../platform/metrics/index.js';
import type { RefreshToken } from '../tokens/claims.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Around the lifetimes that access tokens and refresh tokens may have. */
const AGES_SECONDS = [
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  8 * HOUR,
  DAY,
  3 * DAY,
  7 * DAY,
  14 * DAY,
  30 * DAY,
];

/**
 * Counts logins, refreshes and renewals by what was answered: only there is it known what became of
 * each request, whoever refused it.
 */
export function countAnswers(
  fastify: FastifyInstance,
  { registry }: Metrics,
  nowMs: () => number,
): void {
  const registers = [registry];
  const labelNames = ['outcome', 'cause'] as const;
  const logins = new Counter({
    name: 'evergreen_logins_total',
    help: 'Logins, by how they were answered.',
    labelNames,
    registers,
  });
  const refreshes = new Counter({
    name: 'evergreen_refreshes_total',
    help: 'Refreshes, by how they were answered.',
    labelNames,
    registers,
  });
  const renewals = new Counter({
    name: 'evergreen_renewals_total',
    help: 'Answers that carried a renewed access token.',
    registers,
  });
  const ages = new Histogram({
    name: 'evergreen_refresh_token_age_seconds',
    help: 'Age of refresh tokens, and so of the access tokens issued with them, when they were exchanged.',
    buckets: AGES_SECONDS,
    registers,
  });

  const countRefresh = (request: FastifyRequest, reply: FastifyReply) => {
    refreshes.inc(outcomeOf(reply, String(reply.getHeader('x-refresh-outcome'))));
    const { user } = request as FastifyRequest & { readonly user?: RefreshToken };
    if (user && isGranted(reply)) ages.observe(Math.max(0, nowMs() / 1000 - user.issuedAt));
  };

  fastify.addHook('onResponse', (request, reply, done) => {
    if (reply.hasHeader('x-new-token')) renewals.inc();
    const { url, method } = request.routeOptions;
    if (method === 'POST' && url === '/api/auth/login') logins.inc(outcomeOf(reply, 'password'));
    if (method === 'POST' && url === '/api/auth/refresh') countRefresh(request, reply);
    done();
  });
}

/** The cause is the code of a problem, or how it was granted. */
function outcomeOf(
  reply: FastifyReply,
  granted: string,
): { outcome: 'granted' | 'refused' | 'failed'; cause: string } {
  if (isGranted(reply)) return { outcome: 'granted', cause: granted };
  return {
    outcome: reply.statusCode >= 500 ? 'failed' : 'refused',
    cause: problemOf(reply)?.code ?? 'unknown',
  };
}

function isGranted(reply: FastifyReply): boolean {
  return reply.statusCode < 300;
}
