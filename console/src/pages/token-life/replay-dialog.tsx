import { Dialog } from '@base-ui/react/dialog';
import { useAuth } from '@evergreen-auth/client/react';
import { type SubmitEvent, useState } from 'react';
import { SETTINGS } from '../../settings.js';
import { useTexts } from '../../texts/texts-provider.js';
import { Button } from '../../ui/button.js';
import dialog from '../../ui/dialog.module.css';
import { valuesOf } from '../../ui/form-values.js';
import { Notice } from '../../ui/notice.js';
import { TextField } from '../../ui/text-field.js';
import { useAction } from '../../ui/use-action.js';
import { replayOldToken, type ReplayStep } from './replay.js';
import styles from './token-life.module.css';

const wait = (milliseconds: number) => new Promise<void>((done) => setTimeout(done, milliseconds));

/** Asks for the password, and shows the experiment step by step. */
export function ReplayDialog() {
  const { user } = useAuth();
  const { t, errorText } = useTexts();
  const [steps, setSteps] = useState<readonly ReplayStep[]>([]);
  const { run, isBusy, error } = useAction(async (password: string) => {
    setSteps([]);
    const options = {
      email: user?.email ?? '',
      password,
      graceSeconds: SETTINGS.graceSeconds,
      wait,
    };
    for await (const step of replayOldToken(options)) setSteps((before) => [...before, step]);
  });
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    void run(valuesOf(event.currentTarget).password ?? '');
  };
  return (
    <Dialog.Root>
      <Dialog.Trigger render={<Button />}>{t('tokenLife.replay')}</Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Backdrop className={dialog.backdrop} />
        <Dialog.Popup className={dialog.popup}>
          <Dialog.Title className={dialog.title}>{t('replay.title')}</Dialog.Title>
          <Dialog.Description>{t('replay.intro')}</Dialog.Description>
          {error !== undefined && <Notice kind="error">{errorText(error)}</Notice>}
          <form className={dialog.form} onSubmit={onSubmit}>
            {/* For the browser's list of passwords. */}
            <input hidden readOnly autoComplete="username" value={user?.email ?? ''} />
            <TextField
              name="password"
              label={t('field.password')}
              type="password"
              autoComplete="current-password"
              required
            />
            <div className={dialog.actions}>
              <Dialog.Close render={<Button />}>{t('replay.close')}</Dialog.Close>
              <Button kind="primary" type="submit" busy={isBusy}>
                {t('replay.start')}
              </Button>
            </div>
          </form>
          <div role="log">
            <ol className={styles.steps}>
              {steps.map(({ step, result = '' }) => (
                <li key={step}>{t(`replay.${step}`, { result, grace: SETTINGS.graceSeconds })}</li>
              ))}
            </ol>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
