import { useTexts } from '../../texts/texts-provider.js';
import { ClientLog } from './client-log-view.js';
import { Experiments } from './experiments.js';
import { Lives } from './lives.js';
import styles from './token-life.module.css';

/** For developers: how the client keeps this session, live, and what it does when something fails. */
export function TokenLifePage() {
  const { t } = useTexts();
  return (
    <div className={styles.page}>
      <header>
        <h1>{t('tokenLife.title')}</h1>
        <p className={styles.intro}>{t('tokenLife.intro')}</p>
      </header>
      <Lives />
      <Experiments />
      <ClientLog />
    </div>
  );
}
