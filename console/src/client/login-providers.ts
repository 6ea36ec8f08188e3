import { BASE_PATH } from '../base.js';

/**
 * Where a link to sign in with a login provider leads.
 *
 * @param returnTo the page after it, below the path of the console
 */
export function signInPath(name: string, returnTo: string): string {
  return `${BASE_PATH}/api/auth/with/${name}?return_to=${encodeURIComponent(BASE_PATH + returnTo)}`;
}
