import type { AuthError } from '../errors.js';
import { remainingMs } from '../record/shared-record.js';
import type { ClientState } from '../state.js';
import { exchangeOnce } from './exchange.js';
import { shortestIntervalMs } from './timing.js';

/** The one refresh of this tab, which everybody joins. Never rejects. */
export function refresh(client: ClientState): Promise<AuthError | undefined> {
  return (client.refreshing ??= refreshOnce(client));
}

async function refreshOnce(client: ClientState): Promise<AuthError | undefined> {
  const { isOnline: wasOnline } = client;
  const failure = await exchangeOnce(client);
  client.refreshing = undefined;
  if (!failure) {
    client.refreshedAt = client.clock.monotonic();
    // The platform's opinion of the network is a hint, and a later response is evidence. What the
    // platform says while a response is on its way is news.
    client.isOnline ||= !wasOnline;
  }
  client.afterRefresh(failure);
  return failure;
}

/**
 * How long this tab does not refresh again, however near its end the token may seem: by the
 * monotonic clock, since the calendars of two tabs may differ.
 */
export function ownRestMs(client: ClientState): number {
  const { clock, refreshedAt = -Infinity } = client;
  return restMs(client, clock.monotonic() - refreshedAt);
}

/**
 * How long a token counts as new, which another tab may have received. Where a new one is refused,
 * another one would be, too.
 */
export function tokenRestMs(client: ClientState): number {
  return restMs(client, lifetimeMs(client) - remainingMs(client));
}

function restMs(client: ClientState, ageMs: number): number {
  return shortestIntervalMs(lifetimeMs(client) / 1000) - ageMs;
}

function lifetimeMs({ record }: ClientState): number {
  return (record.session?.expires_in ?? 0) * 1000;
}
