import { env } from '$env/dynamic/public';
import { createAuthClient } from '@evergreen-auth/client';
import { keepAccessCookie } from '@evergreen-auth/client/access-cookie';

export const auth = createAuthClient({ baseUrl: env.PUBLIC_AUTH_URL });
const stopCookie = keepAccessCookie(auth);

// Vite loads this file again when it has changed; the client from before would go on refreshing.
import.meta.hot?.dispose(() => {
  stopCookie();
  auth.dispose();
});
