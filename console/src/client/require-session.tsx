import { useAuth } from '@evergreen-auth/client/react';
import type { ReactNode } from 'react';
import { SignInPage } from '../pages/sign-in/sign-in-page.js';
import { useTexts } from '../texts/texts-provider.js';

/**
 * Shows a page to a user who is signed in. Everybody else signs in on the spot, and then sees it; a
 * session that has ended says why.
 */
export function RequireSession({ children }: { readonly children: ReactNode }) {
  const { status } = useAuth();
  const { t } = useTexts();
  if (status === 'authenticated') return children;
  if (status === 'loading') return <p role="status">{t('app.loading')}</p>;
  return <SignInPage />;
}
