import { env } from '$env/dynamic/public';
import { sessionFrom } from '@evergreen-auth/client/server';

export async function load({ request, setHeaders }) {
  // The page is this person's own: nobody else may be given it.
  setHeaders({ 'cache-control': 'private, no-store' });
  return { session: await sessionFrom(request, { baseUrl: env.PUBLIC_AUTH_URL, logger: console }) };
}
