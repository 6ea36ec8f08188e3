import { useAuth } from '@evergreen-auth/client/react';
import { Waiting } from '../../ui/waiting.js';
import { LockedPage } from '../locked/locked-page.js';
import { Overview } from './overview.js';
import { Welcome } from './welcome.js';

/** What Evergreen is; for somebody who is signed in, what is known of the session and the account. */
export function HomePage() {
  const { status } = useAuth();
  switch (status) {
    case 'loading':
      return <Waiting />;
    case 'locked':
      return <LockedPage />;
    case 'authenticated':
      return <Overview />;
    case 'unauthenticated':
      return <Welcome />;
  }
}
