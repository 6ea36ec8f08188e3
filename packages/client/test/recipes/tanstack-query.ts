import { AuthError, type AuthClient } from '@evergreen-auth/client';
import { QueryClient } from '@tanstack/query-core';

const RETRIES = 3;

/**
 * Queries and mutations that are tried again only where that may help, and a cache that is empty as
 * soon as its user is gone. Your functions ask by `client.fetch`.
 */
export function queryClientWith(client: AuthClient): QueryClient {
  const retry = (failures: number, error: Error) =>
    failures < RETRIES && (!(error instanceof AuthError) || error.retryable);
  const retryDelay = (failures: number, error: Error) =>
    Math.max(1000 * 2 ** failures, error instanceof AuthError ? 1000 * error.retryAfterSeconds : 0);
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry, retryDelay } } });
  const forget = () => queryClient.clear();
  // `signedIn`: somebody else may have signed in, in another tab, too.
  for (const event of ['signedIn', 'signedOut', 'sessionExpired'] as const)
    client.on(event, forget);
  return queryClient;
}
