import { useAuth } from '@evergreen-auth/client/react';
import { useEffect, useState } from 'react';
import { SETTINGS } from '../../settings.js';
import { useTexts } from '../../texts/texts-provider.js';
import { useNow } from '../../ui/use-now.js';
import { type Life, lifeOf, positionOf } from './life.js';
import styles from './token-life.module.css';
import { useTimes } from './use-times.js';

/** The life of the access token, running down, and the end of the session itself. */
export function Lives() {
  const { sessionExpiresAt } = useAuth();
  const { t } = useTexts();
  const now = useNow();
  const times = useTimes(now);
  const life = useLife();
  return (
    <section className={styles.card} aria-labelledby="token-life-now">
      <h2 id="token-life-now">{t('tokenLife.now')}</h2>
      <div className={styles.life}>
        <h3>{t('tokenLife.access')}</h3>
        <p>{life ? t('tokenLife.accessEnds', { when: times.until(life.endsAt) }) : ' '}</p>
        <LifeBar life={life} now={now} />
      </div>
      <div className={styles.life}>
        <h3>{t('tokenLife.session')}</h3>
        <p>
          {sessionExpiresAt === undefined
            ? ' '
            : t('tokenLife.sessionEnds', { when: times.until(sessionExpiresAt) })}
        </p>
      </div>
    </section>
  );
}

/** The words below it say what the bar shows, so the bar itself is only a picture. */
function LifeBar({ life, now }: { readonly life: Life | undefined; readonly now: number }) {
  const { t } = useTexts();
  const times = useTimes(now);
  const percent = (at: number) => (life ? `${positionOf(at, life) * 100}%` : '0%');
  return (
    <>
      <div className={styles.bar} aria-hidden="true">
        <div className={styles.past} style={{ width: percent(now) }} />
        <div className={styles.renewed} style={{ left: percent(life?.renewedFrom ?? 0) }} />
        <div className={styles.refreshed} style={{ left: percent(life?.refreshedFrom ?? 0) }} />
      </div>
      <ul className={styles.thresholds}>
        <li className={styles.renewedText}>
          {life ? t('tokenLife.renewed', { time: times.at(life.renewedFrom) }) : ' '}
        </li>
        <li className={styles.refreshedText}>
          {life ? t('tokenLife.refreshed', { time: times.at(life.refreshedFrom) }) : ' '}
        </li>
      </ul>
    </>
  );
}

/** That of the present access token; the one before it until the next one is there. */
function useLife(): Life | undefined {
  const { client, expiresAt } = useAuth();
  const [life, setLife] = useState<Life>();
  useEffect(() => {
    if (expiresAt === undefined) return undefined;
    let isCurrent = true;
    client.getAccessToken().then(
      (token) => isCurrent && setLife(lifeOf(token, expiresAt, SETTINGS.renewBelowSeconds)),
      () => {},
    );
    return () => void (isCurrent = false);
  }, [client, expiresAt]);
  return life;
}
