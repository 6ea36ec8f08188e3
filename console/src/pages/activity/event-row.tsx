import clsx from 'clsx';
import {
  CircleAlert,
  KeyRound,
  LogIn,
  LogOut,
  type LucideIcon,
  ServerCog,
  TriangleAlert,
} from 'lucide-react';
import type { SecurityEvent } from '../../client/events.js';
import { useTexts } from '../../texts/texts-provider.js';
import { Untrusted } from '../../ui/untrusted.js';
import { factsOf, reasonOf } from './event-facts.js';
import styles from './event-row.module.css';
import { type EventTopic, eventTypeOf, type EventWeight } from './event-types.js';

interface EventRowProps {
  readonly event: SecurityEvent;
}

const TOPICS: Readonly<Record<EventTopic, LucideIcon>> = {
  signIns: LogIn,
  sessions: LogOut,
  account: KeyRound,
  system: ServerCog,
};

const WEIGHTS: Readonly<Partial<Record<EventWeight, LucideIcon>>> = {
  unusual: TriangleAlert,
  failed: CircleAlert,
};

/** One event: a sentence, when, by which device and from where. What is unusual stands out. */
export function EventRow({ event }: EventRowProps) {
  const { t, language } = useTexts();
  const { topic, weight, text } = eventTypeOf(event.type);
  const Icon = WEIGHTS[weight] ?? TOPICS[topic];
  const reason = reasonOf(event);
  const instant = new Date(event.occurred_at);
  const time = new Intl.DateTimeFormat(language, { timeStyle: 'short' });
  const exact = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'medium' });
  return (
    <li className={clsx(styles.row, styles[weight])}>
      <span className={styles.icon}>
        <Icon size={20} aria-hidden="true" />
      </span>
      <div className={styles.words}>
        <p className={styles.sentence}>
          <span>
            {t(text)} {reason !== undefined && t(reason)}
          </span>
          {weight !== 'usual' && (
            <span className={styles.badge}>{t(`event.weight.${weight}`)}</span>
          )}
        </p>
        <p className={styles.where}>
          <time dateTime={event.occurred_at} title={exact.format(instant)}>
            {time.format(instant)}
          </time>
          {event.device_name !== null && <Untrusted text={event.device_name} />}
          {event.network !== null && <Untrusted text={event.network} />}
        </p>
        <details className={styles.details}>
          <summary>{t('event.details')}</summary>
          <div className={styles.facts} role="group" aria-label={t('event.details')} tabIndex={0}>
            <dl>
              {factsOf(event).map(([name, value]) => (
                <div key={name}>
                  <dt>
                    <bdi>{name}</bdi>
                  </dt>
                  <dd>
                    <bdi>{value}</bdi>
                  </dd>
                </div>
              ))}
            </dl>
          </div>
        </details>
      </div>
    </li>
  );
}
