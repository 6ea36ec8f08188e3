import { useMemo } from 'react';
import type { AuthClient, Snapshot } from '../core/index.js';
import { useClient, useSnapshot } from './auth-provider.js';

/**
 * What is known of the session, by its `status`, with `user` where somebody is signed in; and the
 * client with those of its methods that components call.
 */
export type Auth = Snapshot &
  Pick<
    AuthClient,
    | 'login'
    | 'register'
    | 'logout'
    | 'changePassword'
    | 'reauthenticate'
    | 'getAccessToken'
    | 'fetch'
  > & { readonly client: AuthClient };

/** The same object until the session changes; the methods are always the same. */
export function useAuth(): Auth {
  const client = useClient();
  const snapshot = useSnapshot();
  return useMemo(() => {
    const { login, register, logout, changePassword, reauthenticate, getAccessToken, fetch } =
      client;
    const account = { login, register, logout, changePassword, reauthenticate };
    return { ...snapshot, client, ...account, getAccessToken, fetch };
  }, [client, snapshot]);
}
