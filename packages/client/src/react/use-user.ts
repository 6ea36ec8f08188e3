import { useMemo } from 'react';
import type { User } from '../core/index.js';
import { useSnapshot } from './auth-provider.js';

/**
 * Who is signed in; null where nobody is, and undefined as long as that is not known. The same
 * object until something in it has changed, so that an effect which depends on it does not run
 * again at each refresh.
 */
export function useUser(): User | null | undefined {
  const snapshot = useSnapshot();
  const user = snapshot.status === 'unauthenticated' ? null : snapshot.user;
  const content = JSON.stringify(user);
  return useMemo(() => user, [content]);
}
