import { useAuth } from '@evergreen-auth/client/react';
import { useState } from 'react';
import { SETTINGS } from '../../settings.js';
import { useTexts } from '../../texts/texts-provider.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
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
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  const [steps, setSteps] = useState<readonly ReplayStep[]>([]);
  const email = user?.email ?? '';
  const { graceSeconds } = SETTINGS;
  const action = useAction(async ({ password = '' }: FormValues) => {
    setSteps([]);
    const experiment = replayOldToken({ email, password, graceSeconds, wait });
    for await (const step of experiment) setSteps((before) => [...before, step]);
  });
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('tokenLife.replay')}</Button>
      <Dialog
        isOpen={isOpen}
        title={t('replay.title')}
        description={t('replay.intro')}
        onCancel={close}
      >
        <Form submit={t('replay.start')} action={action}>
          {/* For the browser's list of passwords. */}
          <input hidden readOnly autoComplete="username" value={email} />
          <PasswordField
            name="password"
            label={t('field.password')}
            autoComplete="current-password"
          />
        </Form>
        <div className={styles.steps} role="log">
          {steps.map(({ step, result = '' }) => (
            <p key={step}>{t(`replay.${step}`, { result, grace: graceSeconds })}</p>
          ))}
        </div>
        <Button onClick={close}>{t('replay.close')}</Button>
      </Dialog>
    </>
  );
}
