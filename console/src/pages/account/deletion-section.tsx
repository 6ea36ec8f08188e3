import { deleteAccount } from '@evergreen-auth/client/account';
import { useAuth } from '@evergreen-auth/client/react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { PAGES } from '../../pages.js';
import { useTexts } from '../../texts/texts-provider.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { Form, type FormValues } from '../../ui/form.js';
import { PasswordField } from '../../ui/password-field.js';
import { useAction } from '../../ui/use-action.js';
import styles from './deletion-section.module.css';
import { Section } from './section.js';

const WHAT = ['delete.account', 'delete.sessions', 'delete.activity', 'delete.methods'] as const;

/** The end of the account, with all that is kept about its user. */
export function DeletionSection() {
  const { client } = useAuth();
  const { t } = useTexts();
  const [, navigate] = useLocation();
  const [isOpen, setOpen] = useState(false);
  const action = useAction(async ({ current_password = '' }: FormValues) => {
    await deleteAccount(client, { current_password });
    navigate(PAGES.signIn, { state: { isDeleted: true } });
  });
  const cancel = () => {
    if (!action.isBusy) setOpen(false);
  };
  return (
    <Section title={t('delete.title')} intro={<p>{t('delete.intro')}</p>}>
      <div>
        <Button kind="danger" onClick={() => setOpen(true)}>
          {t('delete.open')}
        </Button>
      </div>
      <Dialog
        isOpen={isOpen}
        role="alertdialog"
        title={t('delete.question')}
        description={
          <>
            <p>{t('delete.what')}</p>
            <ul className={styles.what}>
              {WHAT.map((key) => (
                <li key={key}>{t(key)}</li>
              ))}
            </ul>
            <p>{t('delete.mail')}</p>
          </>
        }
        onCancel={cancel}
      >
        <Form submit={t('delete.submit')} kind="danger" action={action}>
          <PasswordField
            name="current_password"
            label={t('field.currentPassword')}
            autoComplete="current-password"
          />
        </Form>
        <Button onClick={cancel}>{t('confirm.cancel')}</Button>
        <Link href={PAGES.forgotPassword}>{t('proof.noPassword')}</Link>
      </Dialog>
    </Section>
  );
}
