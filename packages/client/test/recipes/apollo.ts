import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client/core';
import type { AuthClient } from '@evergreen-auth/client';

/** Apollo Client with the session, whose cache is empty as soon as its user is gone. */
export function apolloWith(client: AuthClient, uri: string): ApolloClient {
  const apollo = new ApolloClient({
    link: new HttpLink({ uri, fetch: client.fetch }),
    cache: new InMemoryCache(),
  });
  client.on('signedOut', () => void apollo.clearStore());
  client.on('sessionExpired', () => void apollo.clearStore());
  // Queries that are on the screen are asked again, as whoever has signed in.
  client.on('signedIn', () => void apollo.resetStore());
  return apollo;
}
