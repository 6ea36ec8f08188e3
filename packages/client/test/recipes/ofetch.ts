import type { AuthClient } from '@evergreen-auth/client';
import { $fetch, type $Fetch } from 'ofetch';

/** ofetch with the session: requests to the client's server have a good token, others have none. */
export function ofetchWith(client: AuthClient, baseURL: string): $Fetch {
  return $fetch.create({ baseURL }, { fetch: client.fetch });
}
