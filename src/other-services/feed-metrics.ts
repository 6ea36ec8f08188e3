import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Config } from '../platform/config/index.js';
import { Metrics } from '../platform/metrics/index.js';
import { CUT_REASONS, type CutReason } from './feed-listener.js';

/** Why a listener got no stream. */
export type RefusalReason = 'full' | 'draining' | 'not_live';

const REFUSAL_REASONS: readonly RefusalReason[] = ['full', 'draining', 'not_live'];

/** Where the snapshot of a listener came from: what is new since its mark, or all of memory. */
export type SnapshotSource = 'database' | 'memory';

const SNAPSHOT_SOURCES: readonly SnapshotSource[] = ['database', 'memory'];

/** Metrics of the listeners of this instance. Counters begin at zero, so that Prometheus sees each rise. */
@Injectable()
export class FeedMetrics {
  private readonly listening: Gauge<'service'>;
  private readonly refused: Counter<'reason'>;
  private readonly cut: Counter<'reason'>;
  private readonly snapshots: Counter<'source'>;

  constructor({ registry }: Metrics, { serviceTokens }: Config) {
    const registers = [registry];
    this.listening = new Gauge({
      name: 'evergreen_feed_listeners',
      help: 'Streams of revocations that are open, by the service that listens.',
      labelNames: ['service'],
      registers,
    });
    this.refused = new Counter({
      name: 'evergreen_feed_listeners_refused_total',
      help: 'Listeners that got no stream and were told to ask again.',
      labelNames: ['reason'],
      registers,
    });
    this.cut = new Counter({
      name: 'evergreen_feed_listeners_cut_total',
      help: 'Streams of revocations that were cut, because their listener did not read.',
      labelNames: ['reason'],
      registers,
    });
    this.snapshots = new Counter({
      name: 'evergreen_feed_snapshots_total',
      help: 'What new listeners were sent: what is new since their last event, or all of memory.',
      labelNames: ['source'],
      registers,
    });
    for (const service of Object.keys(serviceTokens)) this.listening.set({ service }, 0);
    for (const reason of REFUSAL_REASONS) this.refused.inc({ reason }, 0);
    for (const reason of CUT_REASONS) this.cut.inc({ reason }, 0);
    for (const source of SNAPSHOT_SOURCES) this.snapshots.inc({ source }, 0);
  }

  countOpened(service: string): void {
    this.listening.inc({ service });
  }

  countClosed(service: string, cutBy: CutReason | undefined): void {
    this.listening.dec({ service });
    if (cutBy) this.cut.inc({ reason: cutBy });
  }

  countRefused(reason: RefusalReason): void {
    this.refused.inc({ reason });
  }

  countSnapshot(source: SnapshotSource): void {
    this.snapshots.inc({ source });
  }
}
