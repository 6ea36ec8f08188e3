import { useAuth } from '@evergreen-auth/client/react';
import clsx from 'clsx';
import { Activity, MonitorSmartphone, Timer, UserRound } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { PAGES } from '../pages.js';
import { useTexts } from '../texts/texts-provider.js';
import { Footer } from './footer.js';
import styles from './layout.module.css';
import { Logo } from './logo.js';
import { ProofDialog } from './proof-dialog.js';
import { SettingsMenu } from './settings-menu.js';
import { StatusBar } from './status-bar.js';

const ENTRIES = [
  { page: 'account', Icon: UserRound },
  { page: 'devices', Icon: MonitorSmartphone },
  { page: 'activity', Icon: Activity },
  { page: 'tokenLife', Icon: Timer },
] as const;

/** What is around each page: the name, the menu, and on a phone the menu at the bottom. */
export function Layout({ children }: { readonly children: ReactNode }) {
  const { t } = useTexts();
  const { status } = useAuth();
  return (
    <div className={styles.layout}>
      <a className={styles.skip} href="#content">
        {t('nav.skip')}
      </a>
      <header className={styles.header}>
        <Link className={styles.brand} href={PAGES.home}>
          <Logo />
          {t('app.name')}
        </Link>
        {status === 'authenticated' && (
          <nav className={styles.nav} aria-label={t('nav.label')}>
            {ENTRIES.map(({ page, Icon }) => (
              <Link
                key={page}
                href={PAGES[page]}
                className={(isActive) => clsx(styles.entry, isActive && styles.active)}
              >
                <Icon size={20} aria-hidden="true" />
                <span>{t(`nav.${page}`)}</span>
              </Link>
            ))}
          </nav>
        )}
        <SettingsMenu />
      </header>
      <StatusBar />
      <main id="content" className={styles.content} tabIndex={-1}>
        {children}
      </main>
      <Footer />
      <ProofDialog />
    </div>
  );
}
