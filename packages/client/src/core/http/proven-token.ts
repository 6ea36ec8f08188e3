import { inTime } from '../in-time.js';
import type { Patience } from '../options.js';
import { claimsOf } from '../record/claims.js';
import { accessToken } from '../refresh/token.js';
import type { ClientState } from '../state.js';

/**
 * A token with a later proof of who the user is than the one that was sent, for a request that needs
 * one. The application is asked once in each tab for all that wait, and not at all where it has been
 * proved meanwhile. Nothing where that is not to be had.
 */
export async function provenToken(
  client: ClientState,
  sentToken: string,
  { signal }: Patience = {},
): Promise<string | undefined> {
  const { sid, auth_time: provenAt = 0 } = claimsOf(sentToken);
  const isProven = () => {
    const { sid: current, auth_time = 0 } = claimsOf(client.record.session?.access_token);
    return current === sid && auth_time > provenAt;
  };
  if (!isProven()) {
    client.proving ??= Promise.resolve()
      .then(client.onReauthenticate)
      .catch(() => {})
      .then(() => (client.proving = undefined));
    await inTime(client.clock, Infinity, signal, client.proving);
  }
  return isProven() ? accessToken(client, { signal }) : undefined;
}
