import { useAuth } from '@evergreen-auth/client/react';
import { Link, useLocation } from 'wouter';
import { PAGES } from '../../pages.js';
import { useTexts } from '../../texts/texts-provider.js';
import { Checkbox } from '../../ui/checkbox.js';
import { FormCard } from '../../ui/form-card.js';
import type { FormValues } from '../../ui/form-values.js';
import { TextField } from '../../ui/text-field.js';
import { useAction } from '../../ui/use-action.js';

/**
 * The form to sign in. As a page of its own it leads to the start page afterwards; in place of a page
 * that needs a session, that page follows.
 */
export function SignInPage() {
  const { login } = useAuth();
  const { t } = useTexts();
  const [path, navigate] = useLocation();
  const action = useAction(async ({ email = '', password = '', remember_me }: FormValues) => {
    await login({ email, password, remember_me: remember_me !== undefined });
    if (path === PAGES.signIn) navigate(PAGES.home);
  });
  return (
    <FormCard
      title={t('signIn.title')}
      submit={t('signIn.submit')}
      action={action}
      footer={
        <>
          <Link href={PAGES.forgotPassword}>{t('signIn.forgot')}</Link>
          <Link href={PAGES.signUp}>{t('signIn.toSignUp')}</Link>
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
      <TextField
        name="password"
        label={t('field.password')}
        type="password"
        autoComplete="current-password"
        required
      />
      <Checkbox name="remember_me" label={t('signIn.remember')} />
    </FormCard>
  );
}
