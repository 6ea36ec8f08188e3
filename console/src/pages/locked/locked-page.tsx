import { useAuth } from '@evergreen-auth/client/react';
import { useTexts } from '../../texts/texts-provider.js';
import { FormCard } from '../../ui/form-card.js';
import { useAction } from '../../ui/use-action.js';

/** There is a session, which this device does not open just now. */
export function LockedPage() {
  const { client } = useAuth();
  const { t } = useTexts();
  const action = useAction(() => client.ready());
  return (
    <FormCard
      title={t('locked.title')}
      intro={<p>{t('locked.intro')}</p>}
      submit={t('locked.retry')}
      action={action}
    />
  );
}
