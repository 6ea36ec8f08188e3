import { createAuthClient } from '@evergreen-auth/client';
import { BASE_URL } from '../base.js';
import { createNetwork } from './network.js';
import { proofRequest } from './proof-request.js';

/** What the page for developers watches, and makes fail. */
export const network = createNetwork(BASE_URL.href);

/** The only client of the console. Its refresh token is in a cookie that script cannot read. */
export const client = createAuthClient({
  baseUrl: BASE_URL.href,
  transport: 'cookie',
  fetch: network.fetch,
  onReauthenticate: proofRequest.begin,
});

for (const event of ['signedOut', 'sessionExpired'] as const)
  client.on(event, () => proofRequest.end(false));
