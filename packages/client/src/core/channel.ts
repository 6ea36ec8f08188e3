import type { AuthRecord } from './record.js';

/** Tells other tabs what has become of the record. The message carries it all: what another tab has stored may not be seen here yet. */
export interface Channel {
  post(record: AuthRecord): void;
  /** Listens, if it does not already. */
  open(): void;
  /** A page that listens is not kept in the browser's back-forward cache. */
  close(): void;
}

/** @param name of none, nobody is told */
export function createChannel(name: string | undefined, onRecord: (record: AuthRecord) => void): Channel {
  let channel: BroadcastChannel | undefined;
  return {
    // Who holds the lease is known best where it is stored.
    post: (record) => channel?.postMessage({ ...record, lease: undefined }),
    open() {
      if (!name || channel || !globalThis.BroadcastChannel) return;
      channel = new BroadcastChannel(name);
      channel.onmessage = ({ data }) => onRecord(data as AuthRecord);
    },
    close() {
      channel?.close();
      channel = undefined;
    },
  };
}
