import { useTexts } from '../texts/texts-provider.js';
import styles from './load-state.module.css';

/** Keeps the place of a page that is not there yet. */
export function LoadingPage() {
  const { t } = useTexts();
  return (
    <p className={styles.waiting} role="status">
      {t('app.loading')}
    </p>
  );
}
