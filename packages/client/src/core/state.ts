import type { AuthClock } from './clock.js';
import type { AuthError } from './errors.js';
import type { ServerAddress } from './http/server-address.js';
import type { Fetch, Logger } from './options.js';
import type { Phase } from './phase.js';
import type { AuthRecord } from './record/record.js';
import type { Snapshot } from './snapshot.js';
import type { RecordStore } from './storage/storage.js';

/**
 * One client: its settings, and all that it knows at the moment. Every function of the core gets
 * it, and each part below is changed in the file that is named there.
 */
export interface ClientState {
  readonly address: ServerAddress;
  readonly fetch: Fetch;
  readonly clock: AuthClock;
  readonly logger: Logger | undefined;
  readonly onReauthenticate: (() => Promise<unknown>) | undefined;
  readonly cookieTransport: boolean;
  readonly timeoutMs: number;
  readonly refreshMarginSeconds: number | undefined;
  /** Names the session in storage, and the lock and the channel of its tabs. */
  readonly key: string;
  /** Whether there may be other tabs. */
  readonly isShared: boolean;
  readonly locks: LockManager | undefined;

  /** record/shared-record.ts */
  readonly store: RecordStore;
  record: AuthRecord;
  hasBeenRead?: boolean;
  wasStored?: boolean;
  /** How often in a row it has not responded. */
  storeTimeouts?: number;
  /** When the access token was received, by the monotonic clock. */
  tokenSince?: number;

  /** tabs/mutex.ts */
  lastWork: Promise<unknown>;
  lockOwner?: string;

  /** tabs/broadcast.ts */
  channel?: BroadcastChannel | undefined;
  announced?: string;

  /** refresh/exchange.ts */
  exchange: AbortController;

  /** refresh/refresh.ts */
  refreshing?: Promise<AuthError | undefined> | undefined;
  /** By the monotonic clock. */
  refreshedAt?: number;
  /** Set by the keeper, which is told how each refresh has ended. */
  afterRefresh(failure?: AuthError): void;

  /** http/proven-token.ts */
  proving?: Promise<unknown> | undefined;

  /** endings.ts */
  stopEndingsTimer?(): void;

  /** announcer.ts */
  snapshot: Snapshot;
  shown?: AuthRecord | undefined;
  readonly listeners: Record<string, Set<(detail: never) => void>>;

  /** keeper.ts */
  phase: Phase;
  isOnline: boolean;
  isEndNear?: boolean;
  jitter?: number;
  loading?: Promise<void> | undefined;
  validation?: Promise<void>;
  stopTimer?(): void;
  stopWatching?(): void;
}
