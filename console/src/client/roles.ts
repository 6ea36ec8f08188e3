import { api } from './api.js';
import { client } from './client.js';
import { rolesIn } from './token-roles.js';

/**
 * The roles of the user who is signed in, as the server knows them now. Only to decide what to show:
 * the server judges each request anew.
 *
 * @throws AuthError where nobody is signed in, or the server cannot be reached
 */
export async function loadRoles(): Promise<readonly string[]> {
  // A token from before a change of roles is refused by this request, and replaced.
  await api('/api/auth/verify');
  return rolesIn(await client.getAccessToken());
}
