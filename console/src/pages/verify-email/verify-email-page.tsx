import { verifyEmail } from '@evergreen-auth/client/account';
import { useAuth } from '@evergreen-auth/client/react';
import { useState } from 'react';
import { Link } from 'wouter';
import { useLinkToken } from '../../client/link-token.js';
import { PAGES } from '../../pages.js';
import { useTexts } from '../../texts/texts-provider.js';
import { Button } from '../../ui/button.js';
import { ButtonLink } from '../../ui/button-link.js';
import { CodeField } from '../../ui/code-field.js';
import { FormCard, type FormValues } from '../../ui/form-card.js';
import { Notice } from '../../ui/notice.js';
import { PageCard } from '../../ui/page-card.js';
import { useMailedAction } from '../../ui/use-mailed-action.js';
import { Waiting } from '../../ui/waiting.js';

/**
 * Confirms an address. In a browser that did not ask for the mail it offers to sign in first, since
 * the code alone removes the password.
 */
export function VerifyEmailPage() {
  const { client, status } = useAuth();
  const token = useLinkToken();
  const [byCode, setByCode] = useState(false);
  const isSignedIn = status === 'authenticated';
  const action = useMailedAction(({ code }: FormValues) =>
    verifyEmail(client, token === undefined ? { code: code ?? '' } : { token, code }),
  );
  if (status === 'loading') return <Waiting />;
  if (action.isDone) return <Done />;
  if (token === undefined && !isSignedIn) return <OtherWays />;
  if (action.needsCode && !isSignedIn && !byCode)
    return <IsItYours onByCode={() => setByCode(true)} />;
  return <ConfirmForm action={action} hasToken={token !== undefined} isSignedIn={isSignedIn} />;
}

interface ConfirmFormProps {
  readonly action: ReturnType<typeof useMailedAction>;
  readonly hasToken: boolean;
  readonly isSignedIn: boolean;
}

function ConfirmForm({ action, hasToken, isSignedIn }: ConfirmFormProps) {
  const { t } = useTexts();
  const asksForCode = !hasToken || action.needsCode;
  return (
    <FormCard
      title={t('verify.title')}
      intro={
        <>
          <p>{t(asksForCode ? 'verify.introByCode' : 'verify.intro')}</p>
          {hasToken && action.needsCode && <Notice kind="info">{t('verify.warning')}</Notice>}
        </>
      }
      submit={t('verify.submit')}
      action={action}
      footer={isSignedIn && <Link href={PAGES.account}>{t('verify.again')}</Link>}
    >
      {asksForCode && <CodeField autoFocus={action.needsCode} />}
    </FormCard>
  );
}

/** Neither did this browser ask for the mail, nor is the account signed in here. */
function IsItYours({ onByCode }: { readonly onByCode: () => void }) {
  const { t } = useTexts();
  return (
    <PageCard title={t('verify.otherTitle')}>
      <p>{t('verify.other')}</p>
      <ButtonLink kind="primary" href={PAGES.signIn} state={{ from: PAGES.verifyEmail }}>
        {t('verify.signIn')}
      </ButtonLink>
      <Notice kind="info">{t('verify.warning')}</Notice>
      <Button onClick={onByCode}>{t('verify.byCode')}</Button>
    </PageCard>
  );
}

/** Opened without a link, by somebody who is not signed in. */
function OtherWays() {
  const { t } = useTexts();
  return (
    <PageCard title={t('verify.title')}>
      <p>{t('verify.otherWays')}</p>
      <ButtonLink kind="primary" href={PAGES.signIn} state={{ from: PAGES.verifyEmail }}>
        {t('nav.signIn')}
      </ButtonLink>
    </PageCard>
  );
}

function Done() {
  const { t } = useTexts();
  const { status } = useAuth();
  const isSignedIn = status === 'authenticated';
  return (
    <PageCard title={t('verify.doneTitle')}>
      <p>{t(isSignedIn ? 'verify.done' : 'verify.doneSignedOut')}</p>
      <ButtonLink kind="primary" href={isSignedIn ? PAGES.home : PAGES.signIn}>
        {t(isSignedIn ? 'verify.toHome' : 'nav.signIn')}
      </ButtonLink>
    </PageCard>
  );
}
