import type { ReactNode } from 'react';
import { useSnapshot } from './auth-provider.js';

export interface SignedInOrOutProps {
  readonly children?: ReactNode;
}

/**
 * Its children where somebody is signed in, be the server in reach or not. Neither this nor
 * `SignedOut` shows any as long as it is not known.
 */
export function SignedIn({ children }: SignedInOrOutProps): ReactNode {
  return useSnapshot().status === 'authenticated' ? children : null;
}

/** Its children where nobody is signed in. */
export function SignedOut({ children }: SignedInOrOutProps): ReactNode {
  return useSnapshot().status === 'unauthenticated' ? children : null;
}
