import { useTexts } from '../../texts/texts-provider.js';
import { Button } from '../../ui/button.js';
import { PageCard } from '../../ui/page-card.js';

/** In place of a page that could not be loaded or shown. */
export function FailedPage() {
  const { t } = useTexts();
  return (
    <PageCard title={t('failed.title')}>
      <p>{t('failed.intro')}</p>
      <Button kind="primary" onClick={() => location.reload()}>
        {t('failed.reload')}
      </Button>
    </PageCard>
  );
}
