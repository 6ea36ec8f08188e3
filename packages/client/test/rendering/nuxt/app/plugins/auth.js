import { createAuthClient } from '@evergreen-auth/client';
import { keepAccessCookie } from '@evergreen-auth/client/access-cookie';
import { sessionFrom } from '@evergreen-auth/client/server';

export default defineNuxtPlugin(async () => {
  const baseUrl = useRuntimeConfig().public.authUrl;
  // Goes to the browser with the page, which so begins with what was rendered.
  const session = useState('session');

  if (import.meta.server) {
    const event = useRequestEvent();
    // The page is this person's own: nobody else may be given it.
    event.node.res.setHeader('cache-control', 'private, no-store');
    session.value = await sessionFrom(event, { baseUrl, logger: console });
    return;
  }

  const auth = createAuthClient({ baseUrl });
  keepAccessCookie(auth);
  const show = () => {
    const snapshot = auth.getSnapshot();
    if (snapshot.status !== 'loading') session.value = snapshot;
  };
  onNuxtReady(() => {
    auth.subscribe(show);
    show();
  });
  return { provide: { auth } };
});
