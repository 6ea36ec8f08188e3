import type { AuthClient } from '../core/index.js';

interface NetInfoState {
  readonly isConnected: boolean | null;
  readonly isInternetReachable: boolean | null;
}

/** The part of `@react-native-community/netinfo` that is used. */
export interface NetInfoModule {
  addEventListener(listener: (state: NetInfoState) => void): () => void;
}

/**
 * Keeps the client from asking where there is no network, and has it try at once when there is one
 * again.
 *
 * Only a device without any connection counts as offline. What is not known does not, and
 * `isInternetReachable: false` does not either: it tells of the host that NetInfo probes, which
 * some networks block while one's own server can be reached.
 *
 * @returns stops it
 * @example const stop = netInfoSource(client, NetInfo);
 */
export function netInfoSource(
  client: Pick<AuthClient, 'notify'>,
  NetInfo: NetInfoModule,
): () => void {
  let wasOnline = true;
  let wasReachable = true;
  return NetInfo.addEventListener(({ isConnected, isInternetReachable }) => {
    const isOnline = isConnected !== false;
    const isReachable = isOnline && isInternetReachable !== false;
    // Told of news alone: NetInfo reports every change of a signal's strength, and each `online`
    // ends a back-off.
    if (wasOnline && !isOnline) client.notify('offline');
    else if ((isOnline && !wasOnline) || (isReachable && !wasReachable)) client.notify('online');
    wasOnline = isOnline;
    wasReachable = isReachable;
  });
}
