import { useAuth, useUser } from '@evergreen-auth/client/react';
import { Link } from 'wouter';
import { PAGES } from '../../pages.js';
import { useTexts } from '../../texts/texts-provider.js';
import { Form, type FormValues } from '../../ui/form.js';
import { PasswordField } from '../../ui/password-field.js';
import { useAction } from '../../ui/use-action.js';
import { Section } from './section.js';

export function PasswordSection() {
  const { changePassword } = useAuth();
  const { t } = useTexts();
  const action = useAction(({ current_password = '', new_password = '' }: FormValues) =>
    changePassword({ current_password, new_password }),
  );
  const intro = (
    <>
      <p>{t('account.passwordIntro')}</p>
      <Link href={PAGES.forgotPassword}>{t('signIn.forgot')}</Link>
    </>
  );
  return (
    <Section title={t('account.password')} intro={intro}>
      <Form
        submit={t('account.changePassword')}
        kind="plain"
        action={action}
        success={t('account.passwordChanged')}
      >
        <UsernameForPasswordManagers />
        <PasswordField
          name="current_password"
          label={t('field.currentPassword')}
          autoComplete="current-password"
        />
        <PasswordField
          name="new_password"
          label={t('field.newPassword')}
          hint={t('password.hint')}
          autoComplete="new-password"
        />
      </Form>
    </Section>
  );
}

/** So that a password manager knows of which account the password is changed. */
function UsernameForPasswordManagers() {
  const user = useUser();
  return <input type="text" autoComplete="username" value={user?.email ?? ''} readOnly hidden />;
}
