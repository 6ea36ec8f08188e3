import { Ban, UserRound } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTexts } from '../../texts/texts-provider.js';
import { Moment } from '../../ui/moment.js';
import { Panel } from '../../ui/panel.js';
import { Untrusted } from '../../ui/untrusted.js';
import type { UserDetails } from './operator-api.js';
import styles from './user-card.module.css';

interface UserCardProps {
  readonly user: UserDetails;
  /** What can be done. */
  readonly children: ReactNode;
}

/** Who a user is, and whether they may sign in. */
export function UserCard({ user, children }: UserCardProps) {
  const { t } = useTexts();
  const name = [user.first_name, user.last_name].filter(Boolean).join(' ');
  return (
    <Panel aria-label={t('operators.user')}>
      <div className={styles.card}>
        <span className={styles.icon}>
          <UserRound size={24} aria-hidden="true" />
        </span>
        <div className={styles.words}>
          <h2>
            <Untrusted text={name || user.email} />
          </h2>
          {name !== '' && <Untrusted text={user.email} />}
          {user.deactivated_at !== null && (
            <p className={styles.barred}>
              <Ban size={16} aria-hidden="true" />
              <span>
                {t('operators.barred')} <Moment at={user.deactivated_at} />
              </span>
            </p>
          )}
        </div>
        <dl className={styles.facts}>
          <dt>{t('operators.id')}</dt>
          <dd className={styles.id}>{user.id}</dd>
          <dt>{t('operators.created')}</dt>
          <dd>
            <Moment at={user.created_at} />
          </dd>
          <dt>{t('operators.address')}</dt>
          <dd>{t(user.email_verified ? 'operators.verified' : 'operators.unverified')}</dd>
          <dt>{t('operators.roles')}</dt>
          <dd className={styles.roles}>{user.roles.join(', ') || t('operators.roles.none')}</dd>
        </dl>
        <div className={styles.actions}>{children}</div>
      </div>
    </Panel>
  );
}
