import { useState } from 'react';
import { providerTitle } from '../../client/provider-title.js';
import { useTexts } from '../../texts/texts-provider.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { Form, type FormValues } from '../../ui/form.js';
import { PasswordField } from '../../ui/password-field.js';
import { useAction } from '../../ui/use-action.js';
import { beginToLink } from './identities.js';

interface LinkButtonProps {
  /** Of the login provider. */
  readonly name: string;
}

/** Asks for the password, and leads to a login provider, which leads back here. */
export function LinkButton({ name }: LinkButtonProps) {
  const { t } = useTexts();
  const [isOpen, setOpen] = useState(false);
  const action = useAction(async ({ current_password = '' }: FormValues) => {
    location.assign(await beginToLink(name, current_password));
  });
  const cancel = () => {
    if (!action.isBusy) setOpen(false);
  };
  const title = t('methods.link', { name: providerTitle(name) });
  return (
    <>
      <Button onClick={() => setOpen(true)}>{title}</Button>
      <Dialog
        isOpen={isOpen}
        title={title}
        description={<p>{t('methods.link.text')}</p>}
        onCancel={cancel}
      >
        <Form submit={t('methods.link.submit')} action={action}>
          <PasswordField
            name="current_password"
            label={t('field.currentPassword')}
            autoComplete="current-password"
          />
        </Form>
        <Button onClick={cancel}>{t('confirm.cancel')}</Button>
      </Dialog>
    </>
  );
}
