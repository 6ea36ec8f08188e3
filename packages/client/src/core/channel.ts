import type { AuthRecord } from './record.js';

/**
 * Tells other tabs what has become of the record. The message carries it all: what another tab has
 * stored may not be seen here yet.
 */
export type Post = (record: AuthRecord) => void;

/** Listens until the signal. Where there are no channels, other tabs find out when they look. */
export function openChannel(
  name: string,
  onRecord: (record: AuthRecord) => void,
  signal: AbortSignal,
): Post {
  if (!globalThis.BroadcastChannel) return () => {};
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }) => onRecord(data as AuthRecord);
  signal.addEventListener('abort', () => channel.close());
  // Who holds the lease is known best where it is stored.
  return (record) => channel.postMessage({ ...record, lease: undefined });
}
