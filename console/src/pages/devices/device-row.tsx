import { CircleHelp, KeyRound, Laptop, Smartphone, Tablet } from 'lucide-react';
import clsx from 'clsx';
import type { ReactNode } from 'react';
import type { SessionDetails } from '../../client/sessions.js';
import { useTexts } from '../../texts/texts-provider.js';
import { Moment } from '../../ui/moment.js';
import { Untrusted } from '../../ui/untrusted.js';
import { deviceKindOf } from './device-kind.js';
import styles from './device-row.module.css';

interface DeviceRowProps {
  readonly session: SessionDetails;
  readonly isCurrent?: boolean;
  /** What can be done with it. */
  readonly children: ReactNode;
}

const ICONS = { phone: Smartphone, tablet: Tablet, computer: Laptop, unknown: CircleHelp };

/** One session: on which device, from where, since when and until when. */
export function DeviceRow({ session, isCurrent = false, children }: DeviceRowProps) {
  const { t } = useTexts();
  const kind = deviceKindOf(session.device_name);
  const Icon = ICONS[kind];
  return (
    <li className={styles.row}>
      <span className={styles.icon} title={t(`devices.kind.${kind}`)}>
        <Icon size={22} aria-hidden="true" />
      </span>
      <div className={styles.words}>
        <h2 className={styles.name}>
          <Untrusted text={session.device_name} />
          {isCurrent && <span className={styles.badge}>{t('devices.current')}</span>}
          {session.binding === 'key' && (
            <span className={clsx(styles.badge, styles.bound)} title={t('devices.bound.text')}>
              <KeyRound size={13} aria-hidden="true" />
              {t('devices.bound')}
            </span>
          )}
        </h2>
        <dl className={styles.facts}>
          <div>
            <dt>{t('devices.lastUsed')}</dt>
            <dd>
              <Moment at={session.last_used_at} />
            </dd>
          </div>
          <div>
            <dt>{t('devices.from')}</dt>
            <dd>{session.ip === null ? t('devices.nowhere') : <Untrusted text={session.ip} />}</dd>
          </div>
          <div>
            <dt>{t('devices.begun')}</dt>
            <dd>
              <Moment at={session.created_at} />
            </dd>
          </div>
          <div>
            <dt>{t('devices.expires')}</dt>
            <dd>
              <Moment at={session.expires_at} />
            </dd>
          </div>
        </dl>
      </div>
      <div className={styles.action}>{children}</div>
    </li>
  );
}
