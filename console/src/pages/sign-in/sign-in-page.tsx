import { useAuth } from '@evergreen-auth/client/react';
import { useEffect } from 'react';
import { Link, useLocation } from 'wouter';
import { providerError } from '../../client/provider-error.js';
import { useWarnings } from '../../client/warnings.js';
import { PAGES } from '../../pages.js';
import { useTexts } from '../../texts/texts-provider.js';
import { Checkbox } from '../../ui/checkbox.js';
import { FormCard, type FormValues } from '../../ui/form-card.js';
import { Notice } from '../../ui/notice.js';
import { PasswordField } from '../../ui/password-field.js';
import { TextField } from '../../ui/text-field.js';
import { useAction } from '../../ui/use-action.js';
import { ProviderErrorNotice } from '../../ui/provider-error-notice.js';
import { ProviderLinks } from '../../ui/provider-links.js';
import { Waiting } from '../../ui/waiting.js';
import { pageAfterProvider, pageWanted } from './after-sign-in.js';
import { pageFrom } from './page-from.js';

const ALL_PAGES = Object.values(PAGES);

/**
 * The form to sign in, with why the last session has ended. As a page of its own it leads back to the
 * page that led here, or to the start page; in place of a page that needs a session, that page
 * follows.
 */
export function SignInPage() {
  const { status, login, client } = useAuth();
  const { t } = useTexts();
  const [path, navigate] = useLocation();
  const wanted = path === PAGES.signIn ? pageWanted(location.search, ALL_PAGES) : undefined;
  const action = useAction(async ({ email = '', password = '', remember_me }: FormValues) => {
    await login({ email, password, remember_me: remember_me !== undefined });
    if (path === PAGES.signIn) navigate(wanted ?? pageFrom(history.state, ALL_PAGES));
  });
  const isBack = wanted !== undefined && providerError() === undefined;
  useEffect(() => {
    if (!isBack) return;
    client.adoptSession().then(
      () => navigate(wanted, { replace: true }),
      () => navigate(PAGES.signIn, { replace: true, state: { from: wanted } }),
    );
  }, [isBack]);
  // Why the last session has ended stands above the form.
  if (status === 'loading' || isBack) return <Waiting />;
  return (
    <FormCard
      title={t('signIn.title')}
      intro={<Reason />}
      submit={t('signIn.submit')}
      action={action}
      otherwise={<ProviderLinks returnTo={pageAfterProvider(path, history.state, ALL_PAGES)} />}
      footer={
        <>
          <Link href={PAGES.forgotPassword}>{t('signIn.forgot')}</Link>
          <Link href={PAGES.signUp} state={history.state as unknown}>
            {t('signIn.toSignUp')}
          </Link>
        </>
      }
    >
      <TextField
        name="email"
        label={t('field.email')}
        type="email"
        autoComplete="username"
        required
      />
      <PasswordField name="password" label={t('field.password')} autoComplete="current-password" />
      <Checkbox name="remember_me" label={t('signIn.remember')} />
    </FormCard>
  );
}

/** Why nobody is signed in any more, or who is. */
function Reason() {
  const { status, reason = 'none', user } = useAuth();
  const { mustSignIn } = useWarnings();
  const { t, errorText } = useTexts();
  const error = providerError();
  const { isDeleted } = Object(history.state) as { readonly isDeleted?: true };
  if (error !== undefined) return <ProviderErrorNotice code={error} />;
  if (isDeleted && status !== 'authenticated')
    return <Notice kind="success">{t('delete.done')}</Notice>;
  if (mustSignIn)
    return <Notice kind="info">{errorText({ code: 'reauthentication_required' })}</Notice>;
  if (status === 'authenticated')
    return (
      <Notice kind="success">
        {t('signIn.signedInAs')} <bdi>{user.email}</bdi>
      </Notice>
    );
  if (reason === 'none') return null;
  const kind = reason === 'signed_out' ? 'success' : 'info';
  return <Notice kind={kind}>{errorText({ code: reason })}</Notice>;
}
