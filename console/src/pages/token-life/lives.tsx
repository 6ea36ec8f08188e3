import { useAuth } from '@evergreen-auth/client/react';
import { useTexts } from '../../texts/texts-provider.js';
import { useNow } from '../../ui/use-now.js';
import { type Life, positionOf } from './life.js';
import styles from './token-life.module.css';
import { useTimes } from './use-times.js';

/** The life of the access token, running down, and the end of the session itself. */
export function Lives({ life }: { readonly life: Life }) {
  const { sessionExpiresAt } = useAuth();
  const { t } = useTexts();
  const now = useNow();
  const times = useTimes(now);
  return (
    <section className={styles.card} aria-labelledby="token-life-now">
      <h2 id="token-life-now">{t('tokenLife.now')}</h2>
      <div className={styles.life}>
        <h3>{t('tokenLife.access')}</h3>
        <p>{t('tokenLife.accessEnds', { when: times.until(life.endsAt) })}</p>
        <LifeBar life={life} now={now} />
      </div>
      {sessionExpiresAt !== undefined && (
        <div className={styles.life}>
          <h3>{t('tokenLife.session')}</h3>
          <p>{t('tokenLife.sessionEnds', { when: times.until(sessionExpiresAt) })}</p>
        </div>
      )}
    </section>
  );
}

/** The words below it say what the bar shows, so the bar itself is only a picture. */
function LifeBar({ life, now }: { readonly life: Life; readonly now: number }) {
  const { t } = useTexts();
  const times = useTimes(now);
  const percent = (at: number) => `${positionOf(at, life) * 100}%`;
  return (
    <>
      <div className={styles.bar} aria-hidden="true">
        <div className={styles.past} style={{ width: percent(now) }} />
        <div className={styles.renewed} style={{ left: percent(life.renewedFrom) }} />
        <div className={styles.refreshed} style={{ left: percent(life.refreshedFrom) }} />
      </div>
      <ul className={styles.thresholds}>
        <li className={styles.renewedText}>
          {t('tokenLife.renewed', { time: times.at(life.renewedFrom) })}
        </li>
        <li className={styles.refreshedText}>
          {t('tokenLife.refreshed', { time: times.at(life.refreshedFrom) })}
        </li>
      </ul>
    </>
  );
}
