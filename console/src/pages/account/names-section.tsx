import { useAuth, useUser } from '@evergreen-auth/client/react';
import { api } from '../../client/api.js';
import { useTexts } from '../../texts/texts-provider.js';
import { Form, type FormValues } from '../../ui/form.js';
import { NameFields } from '../../ui/name-fields.js';
import { Notice } from '../../ui/notice.js';
import { useAction } from '../../ui/use-action.js';
import { Section } from './section.js';

export function NamesSection() {
  const { client } = useAuth();
  const user = useUser();
  const { t } = useTexts();
  const action = useAction(async ({ first_name = '', last_name = '' }: FormValues) => {
    const names = { first_name: first_name.trim() || null, last_name: last_name.trim() || null };
    await api('/api/users/me', { method: 'PATCH', body: names });
    await client.reloadUser();
  });
  return (
    <Section title={t('account.names')} intro={<p>{t('account.namesIntro')}</p>}>
      {action.isDone && <Notice kind="success">{t('account.saved')}</Notice>}
      <Form submit={t('account.saveNames')} kind="plain" action={action}>
        <NameFields firstName={user?.first_name} lastName={user?.last_name} />
      </Form>
    </Section>
  );
}
