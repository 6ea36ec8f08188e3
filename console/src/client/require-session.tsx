import { useAuth } from '@evergreen-auth/client/react';
import type { ReactNode } from 'react';
import { LockedPage } from '../pages/locked/locked-page.js';
import { SignInPage } from '../pages/sign-in/sign-in-page.js';
import { Waiting } from '../ui/waiting.js';
import { useWarnings } from './warnings.js';

/**
 * Shows a page to a user who is signed in. Everybody else signs in on the spot, and then sees it; a
 * session that has ended says why.
 */
export function RequireSession({ children }: { readonly children: ReactNode }) {
  const { status } = useAuth();
  const { mustSignIn } = useWarnings();
  if (status === 'loading') return <Waiting />;
  if (status === 'locked') return <LockedPage />;
  if (status === 'authenticated' && !mustSignIn) return children;
  return <SignInPage />;
}
