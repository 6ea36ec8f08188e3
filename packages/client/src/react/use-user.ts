import type { User } from '../core/index.js';
import { useSnapshot } from './auth-provider.js';

/** Who is signed in; null where nobody is, and undefined as long as that is not known. */
export function useUser(): User | null | undefined {
  const snapshot = useSnapshot();
  if (snapshot.status === 'authenticated') return snapshot.user;
  return snapshot.status === 'unauthenticated' ? null : undefined;
}
