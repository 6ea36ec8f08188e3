import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { Clock } from '../clock/index.js';
import { EventIds } from './event-ids.js';
import { coarseNetworkOf } from './coarse-network.js';
import type {
  DetailsOf,
  SecurityEvent,
  SecurityEventDetails,
  SecurityEventType,
} from './security-event.js';

/**
 * Whatever listeners do, write to a locked table or call a server that is down: a sign-in waits no
 * longer for them.
 */
const LISTENERS_WITHIN_MS = 1000;

/** The client that made something happen, as far as its request tells. */
export interface EventClient {
  /** Names the request in the log. */
  readonly requestId: string;
  readonly ip: string | null;
  readonly deviceName: string;
  readonly fingerprint: string;
}

/** Whom an event is about, and where it came from. */
interface Origin {
  readonly userId?: string;
  readonly sessionId?: string;
  /** Of an operator nothing but the request: users see where their events came from. */
  readonly client?: Partial<EventClient>;
}

/** Whom and where another event was about, all of it or a part. */
type Evidence = Partial<
  Pick<
    SecurityEvent,
    'requestId' | 'userId' | 'sessionId' | 'network' | 'deviceName' | 'fingerprint'
  >
>;

/** Asked for where the type has any. */
type Details<Type extends SecurityEventType> = Type extends keyof SecurityEventDetails
  ? { readonly details: DetailsOf<Type> }
  : { readonly details?: undefined };

/**
 * Where features tell what has happened. Others listen with `@OnEvent('security.login_succeeded')`,
 * or to all: `security.*`.
 */
@Injectable()
export class SecurityEvents {
  private readonly logger = new Logger('SecurityEvents');
  private readonly ids = new EventIds();

  constructor(
    private readonly emitter: EventEmitter2,
    private readonly clock: Clock,
  ) {}

  /**
   * Waits until all who listen are done, so that the answer comes after the record; never for long,
   * and never fails.
   */
  async emit<Type extends SecurityEventType>(
    type: Type,
    { client, ...rest }: Origin & Details<Type>,
  ): Promise<void> {
    const { requestId = null, ip = null, deviceName = null, fingerprint = null } = client ?? {};
    // The address itself goes no further.
    await this.conclude(type, {
      requestId,
      network: coarseNetworkOf(ip),
      deviceName,
      fingerprint,
      ...rest,
    } as Evidence & Details<Type>);
  }

  /** The same, for what somebody concludes from other events. */
  async conclude<Type extends SecurityEventType>(
    type: Type,
    evidence: Evidence & Details<Type>,
  ): Promise<void> {
    try {
      const told = this.emitter.emitAsync(`security.${type}`, this.eventOf(type, evidence));
      await Promise.race([told, pause(LISTENERS_WITHIN_MS, undefined, { ref: false })]);
    } catch (error) {
      this.logger.warn({ err: error, type }, 'A listener failed.');
    }
  }

  private eventOf<Type extends SecurityEventType>(
    type: Type,
    evidence: Evidence & Details<Type>,
  ): SecurityEvent<Type> {
    const {
      requestId = null,
      userId = null,
      sessionId = null,
      network = null,
      deviceName = null,
      fingerprint = null,
      details = {},
    } = evidence;
    const nowMs = this.clock.nowMs();
    return {
      id: this.ids.next(nowMs),
      type,
      occurredAt: new Date(nowMs),
      requestId,
      userId,
      sessionId,
      network,
      deviceName,
      fingerprint,
      details: details as DetailsOf<Type>,
    };
  }
}
