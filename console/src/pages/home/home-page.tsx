import { useAuth } from '@evergreen-auth/client/react';
import { Link } from 'wouter';
import { PAGES } from '../../pages.js';
import { useTexts } from '../../texts/texts-provider.js';

/** For somebody who opens the server for the first time. */
export function HomePage() {
  const { status, user } = useAuth();
  const { t } = useTexts();
  return (
    <section>
      <h1>{t('home.title')}</h1>
      <p>{t('home.intro')}</p>
      {status === 'authenticated' ? (
        <p>{user.email}</p>
      ) : (
        <Link href={PAGES.signIn}>{t('nav.signIn')}</Link>
      )}
    </section>
  );
}
