import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { Clock, SlidingWindow } from '../platform/clock/index.js';
import { SecurityEvents, type SecurityEvent } from '../platform/events/index.js';
import { EventStore } from './event.store.js';
import {
  FAILURES_WITHIN_MS,
  isNewDevice,
  isOneTooMany,
  MAX_FAILING_ACCOUNTS,
  MAX_FAILING_NETWORKS,
  recentOtherNetwork,
} from './policy/sign-in-anomalies.js';

const REMEMBERED = { windowMs: FAILURES_WITHIN_MS, maxKeys: 5000, maxPerKey: 100 };

/**
 * Detects unusual sign-ins: it compares successful ones with the recorded events, and counts failed
 * ones in the memory of this process.
 */
@Injectable()
export class SignInWatch {
  private readonly failingAccounts = new SlidingWindow<string>(REMEMBERED);
  private readonly failingNetworks = new SlidingWindow<string>(REMEMBERED);

  constructor(
    private readonly store: EventStore,
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
  ) {}

  @OnEvent('security.login_succeeded')
  async compare(signIn: SecurityEvent<'login_succeeded'>): Promise<void> {
    const { requestId, userId, sessionId, network, deviceName, fingerprint } = signIn;
    const evidence = { requestId, userId, sessionId, network, deviceName, fingerprint };
    const known = await this.store.knownClientsBefore(signIn);
    if (isNewDevice(signIn, known)) await this.events.conclude('new_device', evidence);
    const previous = recentOtherNetwork(signIn, known);
    if (previous)
      await this.events.conclude('new_network', {
        ...evidence,
        details: { previous_network: previous },
      });
  }

  @OnEvent('security.login_failed')
  async count({
    requestId,
    userId,
    network,
    details,
  }: SecurityEvent<'login_failed'>): Promise<void> {
    const account = userId ?? details.unknown_account;
    if (!network || !account) return;
    const nowMs = this.clock.monotonicMs();
    const accounts = this.failingAccounts.add(network, account, nowMs);
    const networks = this.failingNetworks.add(account, network, nowMs);
    if (isOneTooMany(account, accounts, MAX_FAILING_ACCOUNTS))
      await this.events.conclude('network_fails_many_accounts', { requestId, network });
    if (isOneTooMany(network, networks, MAX_FAILING_NETWORKS)) {
      await this.events.conclude('account_fails_from_many_networks', {
        requestId,
        userId,
        details,
      });
    }
  }
}
