import { useAuth } from '@evergreen-auth/client/react';
import { Activity, MonitorSmartphone, ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { api } from '../../client/api.js';
import { listSessions, type OwnSession } from '../../client/sessions.js';
import { usePolled } from '../../client/use-polled.js';
import { PAGES } from '../../pages.js';
import { useTexts } from '../../texts/texts-provider.js';
import { Heading } from '../../ui/heading.js';
import { Moment } from '../../ui/moment.js';
import { Notice } from '../../ui/notice.js';
import { Untrusted } from '../../ui/untrusted.js';
import { Fact } from './fact.js';
import { OtherPlaces } from './other-places.js';
import styles from './overview.module.css';
import { lastUnusual, type ListedEvent } from './unusual-events.js';

/** What is known of the session and the account. */
export function Overview() {
  const { user } = useAuth();
  const { t } = useTexts();
  const sessions = usePolled(listSessions);
  const events = usePolled(listEvents);
  const name = user?.first_name ?? user?.email ?? '';
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <Heading title={t('overview.title')}>
          {t('overview.hello')} <Untrusted text={name} />
        </Heading>
        {user && name !== user.email && <Untrusted text={user.email} />}
      </div>
      {user?.email_verified === false && (
        <Notice kind="info">
          {t('overview.unverified')} <Link href={PAGES.account}>{t('overview.toAccount')}</Link>
        </Notice>
      )}
      <div className={styles.facts}>
        <Fact Icon={ShieldCheck} title={t('overview.session')} source={sessions}>
          {(list) => <ThisSession session={list.find(({ current }) => current)} />}
        </Fact>
        <Fact Icon={MonitorSmartphone} title={t('overview.devices')} source={sessions}>
          {(list) => (
            <>
              <p className={styles.large}>
                {list.length === 1
                  ? t('overview.oneDevice')
                  : t('overview.manyDevices', { count: list.length })}
              </p>
              <Link href={PAGES.devices}>{t('overview.toDevices')}</Link>
            </>
          )}
        </Fact>
        <Fact Icon={Activity} title={t('overview.activity')} source={events}>
          {(list) => <LastUnusual events={list} />}
        </Fact>
      </div>
      <OtherPlaces />
    </div>
  );
}

async function listEvents(signal: AbortSignal): Promise<readonly ListedEvent[]> {
  const { events } = await api<{ events: ListedEvent[] }>('/api/auth/events?limit=100', { signal });
  return events;
}

function ThisSession({ session }: { readonly session: OwnSession | undefined }) {
  const { t } = useTexts();
  if (!session) return <p>{t('app.loading')}</p>;
  return (
    <>
      <p className={styles.large}>
        <Untrusted text={session.device_name} />
      </p>
      <dl className={styles.times}>
        <Time name={t('overview.since')}>
          <Moment at={session.created_at} />
        </Time>
        <Time name={t('overview.until')}>
          <ExactTime at={session.expires_at} />
        </Time>
      </dl>
    </>
  );
}

function ExactTime({ at }: { readonly at: string }) {
  const { language } = useTexts();
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  return <time dateTime={at}>{format.format(new Date(at))}</time>;
}

function Time({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function LastUnusual({ events }: { readonly events: readonly ListedEvent[] }) {
  const { t } = useTexts();
  const event = lastUnusual(events);
  return (
    <>
      <p className={styles.large}>{t(event ? `overview.event.${event.type}` : 'overview.quiet')}</p>
      {event && (
        <p>
          <Moment at={event.occurred_at} />
        </p>
      )}
      <Link href={PAGES.activity}>{t('overview.toActivity')}</Link>
    </>
  );
}
