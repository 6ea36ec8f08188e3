import { ApiError } from '../../client/api.js';
import { useTexts } from '../../texts/texts-provider.js';
import { ConfirmButton } from '../../ui/confirm-button.js';
import { ChangeRoles } from './change-roles.js';
import type { Done } from './done.js';
import type { OperatorApi, UserDetails } from './operator-api.js';

interface UserActionsProps {
  readonly operator: OperatorApi;
  readonly user: UserDetails;
  readonly onDone: (done: Done) => Promise<void>;
}

/** What an operator can do with a user. Each action asks first. */
export function UserActions({ operator, user, onDone }: UserActionsProps) {
  const { t } = useTexts();
  const bar = async () => {
    const count = await operator.bar(user);
    await onDone({ kind: 'success', text: 'operators.bar.done', count });
  };
  const letIn = async () => {
    await operator.letIn(user);
    await onDone({ kind: 'success', text: 'operators.letIn.done' });
  };
  const reset = async () => {
    await onDone(await mailReset(operator, user));
  };
  const changed = () => onDone({ kind: 'success', text: 'operators.roles.done' });
  const changeRoles = <ChangeRoles operator={operator} user={user} onDone={changed} />;
  if (user.deactivated_at !== null)
    return (
      <>
        {changeRoles}
        <ConfirmButton
          kind="plain"
          label={t('operators.letIn')}
          title={t('operators.letIn.title')}
          confirm={t('operators.letIn')}
          onConfirm={letIn}
        >
          {t('operators.letIn.text')}
        </ConfirmButton>
      </>
    );
  return (
    <>
      {changeRoles}
      <ConfirmButton
        kind="plain"
        label={t('operators.reset')}
        title={t('operators.reset.title')}
        confirm={t('operators.reset.confirm')}
        onConfirm={reset}
      >
        {t('operators.reset.text')}
      </ConfirmButton>
      <ConfirmButton
        label={t('operators.bar')}
        title={t('operators.bar.title')}
        confirm={t('operators.bar')}
        onConfirm={bar}
      >
        {t('operators.bar.text')}
      </ConfirmButton>
    </>
  );
}

async function mailReset(operator: OperatorApi, user: UserDetails): Promise<Done> {
  try {
    await operator.mailPasswordReset(user);
    return { kind: 'success', text: 'operators.reset.done' };
  } catch (error) {
    if (error instanceof ApiError && error.code === 'mail_not_configured')
      return { kind: 'error', text: 'operators.reset.noMail' };
    throw error;
  }
}
