import { useEffect, useState } from 'react';
import { useTexts } from '../texts/texts-provider.js';
import styles from './waiting.module.css';

/** What takes no longer than this is not worth a sentence. */
const SHORT_MS = 400;

/** In place of a page that is not there yet. */
export function Waiting() {
  const { t } = useTexts();
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), SHORT_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <p className={styles.waiting} role="status">
      {isLong && t('app.loading')}
    </p>
  );
}
