import { Injectable } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';
import type { LowerCaseHeaderName } from '#protocol';
import { Clock } from '../../platform/clock/index.js';
import { HttpHooks, type HttpReply, type HttpRequest } from '../../platform/http/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import type { RefreshToken } from '../tokens/claims.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Near the usual lifetimes of access tokens and refresh tokens. */
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
 * Counts logins, refreshes and renewals by their responses, whatever part of the server rejected
 * them.
 */
@Injectable()
export class AuthMetrics {
  private readonly logins: Counter<'outcome' | 'cause'>;
  private readonly refreshes: Counter<'outcome' | 'cause'>;
  private readonly renewals: Counter;
  private readonly ages: Histogram;

  constructor(
    private readonly hooks: HttpHooks,
    { registry }: Metrics,
    private readonly clock: Clock,
  ) {
    const registers = [registry];
    const labelNames = ['outcome', 'cause'] as const;
    this.logins = new Counter({
      name: 'evergreen_logins_total',
      help: 'Logins, by outcome.',
      labelNames,
      registers,
    });
    this.refreshes = new Counter({
      name: 'evergreen_refreshes_total',
      help: 'Refreshes, by outcome.',
      labelNames,
      registers,
    });
    this.renewals = new Counter({
      name: 'evergreen_renewals_total',
      help: 'Responses that carried a renewed access token.',
      registers,
    });
    this.ages = new Histogram({
      name: 'evergreen_refresh_token_age_seconds',
      help: 'Age of refresh tokens, and so of the access tokens issued with them, when they were exchanged.',
      buckets: AGES_SECONDS,
      registers,
    });
    hooks.onResponse((request, reply) => this.count(request, reply));
  }

  private count(request: HttpRequest, reply: HttpReply): void {
    if (reply.hasHeader('x-new-token' satisfies LowerCaseHeaderName)) this.renewals.inc();
    if (request.method !== 'POST') return;
    const route = this.hooks.routeOf(request);
    if (route === '/api/auth/login') this.logins.inc(outcomeOf(request, reply, 'password'));
    if (route === '/api/auth/refresh') this.countRefresh(request, reply);
  }

  private countRefresh(request: HttpRequest, reply: HttpReply): void {
    this.refreshes.inc(outcomeOf(request, reply, request.evergreen.refreshOutcome ?? 'unknown'));
    const token = request.user as RefreshToken | undefined;
    if (token && isGranted(reply))
      this.ages.observe(Math.max(0, this.clock.nowMs() / 1000 - token.issuedAt));
  }
}

/** The cause is the code of the problem, or how the token was granted. */
function outcomeOf(
  request: HttpRequest,
  reply: HttpReply,
  granted: string,
): { outcome: 'granted' | 'refused' | 'failed'; cause: string } {
  if (isGranted(reply)) return { outcome: 'granted', cause: granted };
  return {
    outcome: reply.statusCode >= 500 ? 'failed' : 'refused',
    cause: request.evergreen.problem?.code ?? 'unknown',
  };
}

function isGranted(reply: HttpReply): boolean {
  return reply.statusCode < 300;
}
