import type { AuthClient } from '@evergreen-auth/client';
import { cacheExchange, Client, fetchExchange } from '@urql/core';

/**
 * An urql client with the session. It has no way to empty its cache, so make another one when the
 * user is another one: `client.on('signedIn', …)`, `'signedOut'` and `'sessionExpired'`.
 */
export function urqlWith(client: AuthClient, url: string): Client {
  return new Client({
    url,
    exchanges: [cacheExchange, fetchExchange],
    preferGetMethod: false,
    fetch: client.fetch,
  });
}
