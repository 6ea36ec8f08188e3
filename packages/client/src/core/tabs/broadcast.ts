import type { AuthRecord } from '../record/record.js';
import { adopt, remainingMs } from '../record/shared-record.js';
import type { ClientState } from '../state.js';

/**
 * Tabs tell each other what has become of the record. A message carries all of it: what another tab
 * has stored may not be seen here yet. Where there are no channels, other tabs find out when they
 * look at what is stored.
 *
 * @param onRecord is called when another tab has sent its record
 */
export function openChannel(client: ClientState, onRecord: () => void): void {
  if (!client.isShared || !globalThis.BroadcastChannel) return;
  client.channel = new BroadcastChannel(client.key);
  client.channel.onmessage = ({ data }) => {
    if (data) {
      adopt(client, data as AuthRecord);
      client.announced = JSON.stringify(client.record);
      onRecord();
    } else if (remainingMs(client) > 0) post(client);
  };
}

/** Sends the record, unless the others have it. */
export function announceToTabs(client: ClientState): void {
  const news = JSON.stringify(client.record);
  if (news !== client.announced) post(client);
  client.announced = news;
}

/** Asks the others for their record. */
export function askTabs({ channel }: ClientState): void {
  channel?.postMessage(undefined);
}

/** Nothing is sent or received from now on. */
export function closeChannel(client: ClientState): void {
  client.channel?.close();
  client.channel = undefined;
}

function post({ channel, record }: ClientState): void {
  // Who has the lease is known best where it is stored.
  channel?.postMessage({ ...record, lease: undefined });
}
