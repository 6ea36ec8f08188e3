import { useAuth } from '@evergreen-auth/client/react';
import { CloudOff, Hourglass, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useWarnings } from '../client/warnings.js';
import { PAGES } from '../pages.js';
import { useTexts } from '../texts/texts-provider.js';
import styles from './status-bar.module.css';

const ICONS = { offline: CloudOff, server: TriangleAlert, throttled: Hourglass };

/** What stands between the page and the server. The session is kept, and so is the page. */
export function StatusBar() {
  return (
    <div className={styles.place} role="status">
      <Content />
    </div>
  );
}

function Content() {
  const { t } = useTexts();
  const { status, degraded, sessionExpiresAt = Infinity } = useAuth();
  const { endsAt = -Infinity } = useWarnings();
  if (degraded !== undefined)
    return (
      <Bar Icon={ICONS[degraded]}>
        <span>{t(`status.${degraded}`)}</span>
      </Bar>
    );
  if (status === 'authenticated' && sessionExpiresAt <= endsAt) return <EndsSoon endsAt={endsAt} />;
  return null;
}

function EndsSoon({ endsAt }: { readonly endsAt: number }) {
  const { t, language } = useTexts();
  const [path] = useLocation();
  const time = new Intl.DateTimeFormat(language, { timeStyle: 'short' }).format(endsAt);
  return (
    <Bar Icon={Hourglass}>
      <span>{t('status.expiresSoon', { time })}</span>
      <Link href={PAGES.signIn} state={{ from: path }}>
        {t('status.signInAgain')}
      </Link>
    </Bar>
  );
}

interface BarProps {
  readonly Icon: typeof CloudOff;
  readonly children: ReactNode;
}

function Bar({ Icon, children }: BarProps) {
  return (
    <div className={styles.bar}>
      <Icon size={18} aria-hidden="true" />
      {children}
    </div>
  );
}
