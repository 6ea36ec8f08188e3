import { Link } from 'wouter';
import { PAGES } from '../pages.js';
import { useTexts } from '../texts/texts-provider.js';
import styles from './footer.module.css';

/** What few people need, and nobody needs an account for. */
export function Footer() {
  const { t } = useTexts();
  return (
    <footer className={styles.footer}>
      <Link href={PAGES.operators}>{t('footer.operators')}</Link>
    </footer>
  );
}
