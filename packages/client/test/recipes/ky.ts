import { AuthError, type AuthClient } from '@evergreen-auth/client';
import ky, { type KyInstance } from 'ky';

/** ky with the session: requests to the client's server have a good token, others have none. */
export function kyWith(client: AuthClient): KyInstance {
  return ky.extend({
    fetch: client.fetch,
    retry: {
      // The client has tried again already for as long as it makes sense.
      shouldRetry: ({ error }) => (error instanceof AuthError ? false : undefined),
    },
  });
}
