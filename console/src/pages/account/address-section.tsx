import { changeEmail, sendVerification, verifyEmail } from '@evergreen-auth/client/account';
import { useAuth, useUser } from '@evergreen-auth/client/react';
import { BadgeCheck, MailWarning } from 'lucide-react';
import { useState } from 'react';
import { useTexts } from '../../texts/texts-provider.js';
import { Button } from '../../ui/button.js';
import { CodeField } from '../../ui/code-field.js';
import { Form, type FormValues } from '../../ui/form.js';
import { MailboxLink } from '../../ui/mailbox-link.js';
import { Notice } from '../../ui/notice.js';
import { PasswordField } from '../../ui/password-field.js';
import { TextField } from '../../ui/text-field.js';
import { useAction } from '../../ui/use-action.js';
import { Untrusted } from '../../ui/untrusted.js';
import styles from './address-section.module.css';
import { Section } from './section.js';

/** The address: whether it is confirmed, and how it becomes so; and another one. */
export function AddressSection() {
  const { t } = useTexts();
  const user = useUser();
  const [sentTo, setSentTo] = useState<string>();
  const isVerified = user?.email_verified === true;
  return (
    <Section title={t('account.address')} intro={<Address />}>
      {sentTo !== undefined && sentTo !== user?.email && (
        <CodeForm sentTo={sentTo} onDone={() => setSentTo(undefined)} />
      )}
      {!isVerified && sentTo === undefined && <Unverified />}
      <ChangeForm onSent={setSentTo} />
    </Section>
  );
}

function Address() {
  const { t } = useTexts();
  const user = useUser();
  const isVerified = user?.email_verified === true;
  const Icon = isVerified ? BadgeCheck : MailWarning;
  return (
    <>
      <strong className={styles.address}>
        <Untrusted text={user?.email ?? ''} />
      </strong>
      <span className={isVerified ? styles.verified : styles.unverified}>
        <Icon size={18} aria-hidden="true" />
        {t(isVerified ? 'account.verified' : 'account.unverified')}
      </span>
      <p>{t('account.addressIntro')}</p>
    </>
  );
}

function Unverified() {
  const { client } = useAuth();
  const { t, errorText } = useTexts();
  const send = useAction(() => sendVerification(client));
  const confirm = useAction(({ code = '' }: FormValues) => verifyEmail(client, { code }));
  return (
    <div className={styles.part}>
      <p>{t('account.unverifiedIntro')}</p>
      <MailboxLink />
      <Form submit={t('verify.submit')} action={confirm}>
        <CodeField />
      </Form>
      {send.isDone && <Notice kind="success">{t('account.verificationSent')}</Notice>}
      {send.error !== undefined && <Notice kind="error">{errorText(send.error)}</Notice>}
      <Button busy={send.isBusy} onClick={() => void send.run()}>
        {t('account.sendVerification')}
      </Button>
    </div>
  );
}

interface CodeFormProps {
  readonly sentTo: string;
  readonly onDone: () => void;
}

/** The new address is confirmed by the link in its mail or, here, by its code. */
function CodeForm({ sentTo, onDone }: CodeFormProps) {
  const { client } = useAuth();
  const { t } = useTexts();
  const action = useAction(async ({ code = '' }: FormValues) => {
    await verifyEmail(client, { code });
    onDone();
  });
  return (
    <div className={styles.part}>
      <Notice kind="success">
        {t('account.changeSentTo')} <bdi>{sentTo}</bdi>
      </Notice>
      <p>{t('account.changeSent')}</p>
      <MailboxLink />
      <Form submit={t('account.confirmChange')} action={action}>
        <CodeField autoFocus />
      </Form>
    </div>
  );
}

interface ChangeFormProps {
  readonly onSent: (to: string) => void;
}

function ChangeForm({ onSent }: ChangeFormProps) {
  const { client } = useAuth();
  const { t } = useTexts();
  const action = useAction(async ({ new_email = '', current_password = '' }: FormValues) => {
    await changeEmail(client, { new_email, current_password });
    onSent(new_email);
  });
  return (
    <details className={styles.change}>
      <summary>{t('account.changeAddress')}</summary>
      <Form
        submit={t('account.sendChange')}
        kind="plain"
        action={action}
        success={t('account.mailSent')}
      >
        <TextField
          name="new_email"
          label={t('field.newEmail')}
          type="email"
          autoComplete="email"
          required
        />
        <PasswordField
          name="current_password"
          label={t('field.currentPassword')}
          autoComplete="current-password"
        />
      </Form>
    </details>
  );
}
