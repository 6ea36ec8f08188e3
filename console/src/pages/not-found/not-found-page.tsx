import { PAGES } from '../../pages.js';
import { useTexts } from '../../texts/texts-provider.js';
import { ButtonLink } from '../../ui/button-link.js';
import { PageCard } from '../../ui/page-card.js';

export function NotFoundPage() {
  const { t } = useTexts();
  return (
    <PageCard title={t('notFound.title')}>
      <ButtonLink href={PAGES.home}>{t('notFound.home')}</ButtonLink>
    </PageCard>
  );
}
