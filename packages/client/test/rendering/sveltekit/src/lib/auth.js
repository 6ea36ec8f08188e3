import { env } from '$env/dynamic/public';
import { createAuthClient } from '@evergreen-auth/client';
import { keepAccessCookie } from '@evergreen-auth/client/access-cookie';

// Vite loads this file again when it has changed, and a second client would refresh beside the
// first.
export const auth = (globalThis.authClient ??= begin());

function begin() {
  const client = createAuthClient({ baseUrl: env.PUBLIC_AUTH_URL });
  keepAccessCookie(client);
  return client;
}
