import type { AuthClient } from '@evergreen-auth/client';
import createClient, { type Client } from 'openapi-fetch';

/** openapi-fetch with the session; `Paths` is what openapi-typescript has made of your document. */
export function openApiWith<Paths extends object>(
  client: AuthClient,
  baseUrl: string,
): Client<Paths> {
  return createClient<Paths>({ baseUrl, fetch: client.fetch });
}
