import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Clock, SlidingWindow } from '../../platform/clock/index.js';
import { Problem } from '../../platform/errors/index.js';
import { coarseNetworkOf, SecurityEvents } from '../../platform/events/index.js';
import type { HttpRequest } from '../../platform/http/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import type { Principal } from '../../platform/caller/index.js';
import { clientOf } from '../client-info/client.decorator.js';
import type { BadProofReason } from '../proof-of-possession/check-proof.js';

/**
 * Why a request is refused: its proof is bad, was used before, or the scheme of `Authorization` is
 * `Bearer` for a bound token, or `DPoP` for one that is not bound; `unbound` if it names a new key
 * for a session that is bound to none.
 */
export type RefusedProof = BadProofReason | 'used' | 'scheme' | 'unbound';

/** Whoever has a stolen token can fail as often as they like; each event is a row. */
const REPORTED_EVERY_MS = 60_000;
const MAX_SESSIONS = 10_000;

/** Counts and reports failed proofs, and makes the problems that clients get. */
@Injectable()
export class FailedProofs {
  private readonly failures: Counter<'reason'>;

  private readonly reported = new SlidingWindow<true>({
    windowMs: REPORTED_EVERY_MS,
    maxKeys: MAX_SESSIONS,
    maxPerKey: 1,
  });

  constructor(
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
    { registry }: Metrics,
  ) {
    this.failures = new Counter({
      name: 'evergreen_failed_proofs_total',
      help: 'Requests that were refused for a missing or bad proof of possession, by reason.',
      labelNames: ['reason'],
      registers: [registry],
    });
  }

  /**
   * The problem for a failed proof. If it is about a token of a bound session, somebody may have
   * stolen that: reported once a minute for each session and network. A `stale` proof is by the
   * right key, so it is only the clock of an honest client.
   */
  refuse(reason: RefusedProof, request?: HttpRequest, token?: Principal): Problem {
    this.failures.inc({ reason });
    if (token?.keyThumbprint !== undefined && reason !== 'stale')
      this.report(reason, token, request);
    const code = reason === 'missing' ? 'proof_required' : 'proof_invalid';
    return new Problem(code, { clearCredentials: false, needsNonce: reason === 'stale' });
  }

  private report(
    reason: RefusedProof,
    { userId, sessionId }: Principal,
    request: HttpRequest | undefined,
  ): void {
    const client = request && clientOf(request);
    const key = `${sessionId} ${coarseNetworkOf(client?.ip ?? null)}`;
    if (this.reported.add(key, true, this.clock.monotonicMs()).length > 0) return;
    void this.events.emit('proof_failed', { userId, sessionId, client, details: { reason } });
  }
}
