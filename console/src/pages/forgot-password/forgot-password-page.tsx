import { forgotPassword } from '@evergreen-auth/client/account';
import { useAuth } from '@evergreen-auth/client/react';
import { useState } from 'react';
import { Link } from 'wouter';
import { PAGES } from '../../pages.js';
import { useTexts } from '../../texts/texts-provider.js';
import { ButtonLink } from '../../ui/button-link.js';
import { FormCard, type FormValues } from '../../ui/form-card.js';
import { MailboxLink } from '../../ui/mailbox-link.js';
import { PageCard } from '../../ui/page-card.js';
import { TextField } from '../../ui/text-field.js';
import { useAction } from '../../ui/use-action.js';

/** Asks for the mail with which a new password can be set. */
export function ForgotPasswordPage() {
  const { client } = useAuth();
  const { t } = useTexts();
  const [sentTo, setSentTo] = useState<string>();
  const action = useAction(async ({ email = '' }: FormValues) => {
    await forgotPassword(client, email);
    setSentTo(email);
  });
  if (sentTo !== undefined) return <Sent to={sentTo} />;
  return (
    <FormCard
      title={t('forgot.title')}
      intro={<p>{t('forgot.intro')}</p>}
      submit={t('forgot.submit')}
      action={action}
      footer={<Link href={PAGES.signIn}>{t('forgot.toSignIn')}</Link>}
    >
      <TextField
        name="email"
        label={t('field.email')}
        type="email"
        autoComplete="username"
        required
      />
    </FormCard>
  );
}

/** The same for an address without an account: nobody finds out here who has one. */
function Sent({ to }: { readonly to: string }) {
  const { t } = useTexts();
  return (
    <PageCard
      title={t('forgot.sentTitle')}
      footer={<Link href={PAGES.signIn}>{t('forgot.toSignIn')}</Link>}
    >
      <p>
        {t('forgot.sentTo')} <bdi>{to}</bdi>
      </p>
      <p>{t('forgot.sentIntro')}</p>
      <MailboxLink />
      <ButtonLink href={PAGES.resetPassword}>{t('forgot.toCode')}</ButtonLink>
    </PageCard>
  );
}
