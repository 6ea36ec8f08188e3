import { useState } from 'react';
import { useTexts } from '../../texts/texts-provider.js';
import { Button } from '../../ui/button.js';
import { Checkbox } from '../../ui/checkbox.js';
import { Dialog } from '../../ui/dialog.js';
import { Form, type FormValues } from '../../ui/form.js';
import { TextField } from '../../ui/text-field.js';
import { useAction } from '../../ui/use-action.js';
import { changedRoles } from './changed-roles.js';
import type { OperatorApi, UserDetails } from './operator-api.js';

interface ChangeRolesProps {
  readonly operator: OperatorApi;
  readonly user: UserDetails;
  readonly onDone: () => Promise<void>;
}

/** Gives roles to a user, and takes roles away. */
export function ChangeRoles({ operator, user, onDone }: ChangeRolesProps) {
  const { t } = useTexts();
  const [isOpen, setOpen] = useState(false);
  const action = useAction(async (values: FormValues) => {
    await operator.changeRoles(user, changedRoles(user.roles, values));
    setOpen(false);
    await onDone();
  });
  const cancel = () => {
    if (!action.isBusy) setOpen(false);
  };
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('operators.roles.change')}</Button>
      <Dialog
        isOpen={isOpen}
        title={t('operators.roles.change')}
        description={<p>{t('operators.roles.text')}</p>}
        onCancel={cancel}
      >
        <Form submit={t('operators.roles.save')} action={action}>
          {user.roles.map((role) => (
            <Checkbox key={role} name={`role ${role}`} label={role} defaultChecked />
          ))}
          <TextField
            name="roles"
            label={t('operators.roles.new')}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
          />
        </Form>
        <Button onClick={cancel}>{t('confirm.cancel')}</Button>
      </Dialog>
    </>
  );
}
