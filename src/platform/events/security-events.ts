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
 * The longest time that a sign-in waits for listeners, for example while one writes to a locked
 * table or calls a server that is down.
 */
const LISTENERS_WITHIN_MS = 1000;

/** The client that caused an event, as known from its request. */
export interface EventClient {
  /** The `request_id` of the log. */
  readonly requestId: string;
  readonly ip: string | null;
  readonly deviceName: string;
  readonly fingerprint: string;
}

/** Which user and session an event is about, and which client caused it. */
interface Origin {
  readonly userId?: string;
  readonly sessionId?: string;
  /** For an operator only the request, since users see the network and device of their events. */
  readonly client?: Partial<EventClient>;
}

/** The user, session and client of another event, all or some of them. */
type Evidence = Partial<
  Pick<
    SecurityEvent,
    'requestId' | 'userId' | 'sessionId' | 'network' | 'deviceName' | 'fingerprint'
  >
>;

/** Required for types that have details. */
type Details<Type extends SecurityEventType> = Type extends keyof SecurityEventDetails
  ? { readonly details: DetailsOf<Type> }
  : { readonly details?: undefined };

/**
 * Features emit security events here. Other code listens with
 * `@OnEvent('security.login_succeeded')`, or to all events with `security.*`.
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
   * Waits until all listeners have finished, so that the event is recorded before the response, but
   * not longer than a second. Never throws.
   */
  async emit<Type extends SecurityEventType>(
    type: Type,
    { client, ...rest }: Origin & Details<Type>,
  ): Promise<void> {
    const { requestId = null, ip = null, deviceName = null, fingerprint = null } = client ?? {};
    // Only its network is kept, never the address itself.
    await this.conclude(type, {
      requestId,
      network: coarseNetworkOf(ip),
      deviceName,
      fingerprint,
      ...rest,
    } as Evidence & Details<Type>);
  }

  /** The same for an event that is derived from other events. */
  async conclude<Type extends SecurityEventType>(
    type: Type,
    evidence: Evidence & Details<Type>,
  ): Promise<void> {
    try {
      const handled = this.emitter.emitAsync(`security.${type}`, this.eventOf(type, evidence));
      await Promise.race([handled, pause(LISTENERS_WITHIN_MS, undefined, { ref: false })]);
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
