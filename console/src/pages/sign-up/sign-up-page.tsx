import { useAuth } from '@evergreen-auth/client/react';
import { Link, useLocation } from 'wouter';
import { PAGES } from '../../pages.js';
import { useTexts } from '../../texts/texts-provider.js';
import { FormCard, type FormValues } from '../../ui/form-card.js';
import { NameFields } from '../../ui/name-fields.js';
import { PasswordField } from '../../ui/password-field.js';
import { ProviderLinks } from '../../ui/provider-links.js';
import { TextField } from '../../ui/text-field.js';
import { useAction } from '../../ui/use-action.js';
import { pageAfterProvider } from '../sign-in/after-sign-in.js';
import { pageFrom } from '../sign-in/page-from.js';

const ALL_PAGES = Object.values(PAGES);

/** The form to create an account. Whoever has done so is signed in. */
export function SignUpPage() {
  const { register } = useAuth();
  const { t } = useTexts();
  const [path, navigate] = useLocation();
  const action = useAction(async ({ email = '', password = '', ...names }: FormValues) => {
    await register({ email, password, ...withoutEmpty(names) });
    navigate(pageFrom(history.state, ALL_PAGES));
  });
  return (
    <FormCard
      title={t('signUp.title')}
      submit={t('signUp.submit')}
      action={action}
      otherwise={<ProviderLinks returnTo={pageAfterProvider(path, history.state, ALL_PAGES)} />}
      footer={
        <Link href={PAGES.signIn} state={history.state as unknown}>
          {t('signUp.toSignIn')}
        </Link>
      }
    >
      <NameFields />
      <TextField
        name="email"
        label={t('field.email')}
        type="email"
        autoComplete="username"
        required
      />
      <PasswordField
        name="password"
        label={t('field.password')}
        hint={t('password.hint')}
        autoComplete="new-password"
      />
    </FormCard>
  );
}

function withoutEmpty(names: FormValues): FormValues {
  return Object.fromEntries(Object.entries(names).filter(([, name]) => name.trim() !== ''));
}
