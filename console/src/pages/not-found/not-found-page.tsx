import { Link } from 'wouter';
import { PAGES } from '../../pages.js';
import { useTexts } from '../../texts/texts-provider.js';

export function NotFoundPage() {
  const { t } = useTexts();
  return (
    <section>
      <h1>{t('notFound.title')}</h1>
      <p>
        <Link href={PAGES.home}>{t('notFound.home')}</Link>
      </p>
    </section>
  );
}
