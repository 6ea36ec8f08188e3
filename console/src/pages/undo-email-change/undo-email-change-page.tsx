import { undoEmailChange } from '@evergreen-auth/client/account';
import { useAuth } from '@evergreen-auth/client/react';
import { useLinkToken } from '../../client/link-token.js';
import { PAGES } from '../../pages.js';
import { useTexts } from '../../texts/texts-provider.js';
import { ButtonLink } from '../../ui/button-link.js';
import { CodeField } from '../../ui/code-field.js';
import { FormCard, type FormValues } from '../../ui/form-card.js';
import { MailboxLink } from '../../ui/mailbox-link.js';
import { PageCard } from '../../ui/page-card.js';
import { useMailedAction } from '../../ui/use-mailed-action.js';

/** Restores the address from before a change, by the link of the mail to it. */
export function UndoEmailChangePage() {
  const { client } = useAuth();
  const { t } = useTexts();
  const token = useLinkToken();
  const action = useMailedAction(({ code }: FormValues) =>
    undoEmailChange(client, { token: token ?? '', code }),
  );
  if (action.isDone) return <Done />;
  if (token === undefined)
    return (
      <PageCard title={t('undo.title')}>
        <p>{t('undo.noLink')}</p>
        <ButtonLink href={PAGES.home}>{t('notFound.home')}</ButtonLink>
      </PageCard>
    );
  return (
    <FormCard
      title={t('undo.title')}
      intro={<p>{t('undo.intro')}</p>}
      submit={t('undo.submit')}
      action={action}
    >
      {action.needsCode && <CodeField autoFocus />}
    </FormCard>
  );
}

function Done() {
  const { t } = useTexts();
  return (
    <PageCard title={t('undo.doneTitle')}>
      <p>{t('undo.done')}</p>
      <MailboxLink />
      <ButtonLink href={PAGES.home}>{t('notFound.home')}</ButtonLink>
    </PageCard>
  );
}
