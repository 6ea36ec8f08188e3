import { resetPassword } from '@evergreen-auth/client/account';
import { useAuth } from '@evergreen-auth/client/react';
import { Link } from 'wouter';
import { useLinkToken } from '../../client/link-token.js';
import { PAGES } from '../../pages.js';
import { useTexts } from '../../texts/texts-provider.js';
import { ButtonLink } from '../../ui/button-link.js';
import { CodeField } from '../../ui/code-field.js';
import { FormCard, type FormValues } from '../../ui/form-card.js';
import { PageCard } from '../../ui/page-card.js';
import { PasswordField } from '../../ui/password-field.js';
import { TextField } from '../../ui/text-field.js';
import { useMailedAction } from '../../ui/use-mailed-action.js';

/** Sets a new password: by the link of a mail, or by the address and the code of the mail. */
export function ResetPasswordPage() {
  const { client } = useAuth();
  const { t } = useTexts();
  const token = useLinkToken();
  const action = useMailedAction(({ email = '', code, new_password = '' }: FormValues) =>
    resetPassword(
      client,
      token === undefined
        ? { email, code: code ?? '', new_password }
        : { token, code, new_password },
    ),
  );
  if (action.isDone) return <Done />;
  return (
    <FormCard
      title={t('reset.title')}
      intro={<p>{t(token === undefined ? 'reset.introByCode' : 'reset.intro')}</p>}
      submit={t('reset.submit')}
      action={action}
      footer={<Link href={PAGES.forgotPassword}>{t('reset.again')}</Link>}
    >
      {token === undefined && (
        <TextField
          name="email"
          label={t('field.email')}
          type="email"
          autoComplete="username"
          required
        />
      )}
      {token === undefined && <CodeField />}
      <PasswordField
        name="new_password"
        label={t('field.newPassword')}
        hint={t('password.hint')}
        autoComplete="new-password"
      />
      {token !== undefined && action.needsCode && <CodeField autoFocus />}
    </FormCard>
  );
}

function Done() {
  const { t } = useTexts();
  return (
    <PageCard title={t('reset.doneTitle')}>
      <p>{t('reset.done')}</p>
      <ButtonLink kind="primary" href={PAGES.signIn}>
        {t('nav.signIn')}
      </ButtonLink>
    </PageCard>
  );
}
