import { Dialog } from '@base-ui/react/dialog';
import { useAuth } from '@evergreen-auth/client/react';
import { useState } from 'react';
import { SETTINGS } from '../../settings.js';
import { useTexts } from '../../texts/texts-provider.js';
import { Button } from '../../ui/button.js';
import dialog from '../../ui/dialog.module.css';
import { Form, type FormValues } from '../../ui/form.js';
import { PasswordField } from '../../ui/password-field.js';
import { useAction } from '../../ui/use-action.js';
import { replayOldToken, type ReplayStep } from './replay.js';
import styles from './token-life.module.css';

const wait = (milliseconds: number) => new Promise<void>((done) => setTimeout(done, milliseconds));

/** Asks for the password, and shows the experiment step by step. */
export function ReplayDialog() {
  const { user } = useAuth();
  const { t } = useTexts();
  const [steps, setSteps] = useState<readonly ReplayStep[]>([]);
  const email = user?.email ?? '';
  const { graceSeconds } = SETTINGS;
  const action = useAction(async ({ password = '' }: FormValues) => {
    setSteps([]);
    const experiment = replayOldToken({ email, password, graceSeconds, wait });
    for await (const step of experiment) setSteps((before) => [...before, step]);
  });
  return (
    <Dialog.Root>
      <Dialog.Trigger render={<Button />}>{t('tokenLife.replay')}</Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Backdrop className={dialog.backdrop} />
        <Dialog.Popup className={dialog.popup}>
          <Dialog.Title className={dialog.title}>{t('replay.title')}</Dialog.Title>
          <Dialog.Description>{t('replay.intro')}</Dialog.Description>
          <Form submit={t('replay.start')} action={action}>
            {/* For the browser's list of passwords. */}
            <input hidden readOnly autoComplete="username" value={email} />
            <PasswordField
              name="password"
              label={t('field.password')}
              autoComplete="current-password"
            />
          </Form>
          <ol className={styles.steps} role="log">
            {steps.map(({ step, result = '' }) => (
              <li key={step}>{t(`replay.${step}`, { result, grace: graceSeconds })}</li>
            ))}
          </ol>
          <Dialog.Close render={<Button />}>{t('replay.close')}</Dialog.Close>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
