import { Ban, Check, type LucideIcon, MonitorSmartphone, Plane, Unplug } from 'lucide-react';
import clsx from 'clsx';
import { useTexts } from '../../texts/texts-provider.js';
import styles from './session-story.module.css';

const STEPS = [
  { step: 'begin', Icon: Check },
  { step: 'lost', Icon: Unplug },
  { step: 'tabs', Icon: MonitorSmartphone },
  { step: 'away', Icon: Plane },
  { step: 'thief', Icon: Ban },
] as const satisfies readonly { step: string; Icon: LucideIcon }[];

/** What may happen to one session, as a chain: what it survives, and what ends it. */
export function SessionStory() {
  const { t } = useTexts();
  return (
    <ol className={styles.story} aria-label={t('home.story')}>
      {STEPS.map(({ step, Icon }) => (
        <li key={step} className={clsx(styles.step, step === 'thief' && styles.end)}>
          <span className={styles.mark}>
            <Icon size={18} aria-hidden="true" />
          </span>
          <span className={styles.what}>{t(`home.${step}`)}</span>
          <span className={styles.outcome}>{t(`home.${step}Outcome`)}</span>
        </li>
      ))}
    </ol>
  );
}
