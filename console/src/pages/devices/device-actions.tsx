import { useAuth } from '@evergreen-auth/client/react';
import type { OwnSession } from '../../client/sessions.js';
import { useTexts } from '../../texts/texts-provider.js';
import { Button } from '../../ui/button.js';
import { ConfirmButton } from '../../ui/confirm-button.js';
import { Notice } from '../../ui/notice.js';
import { useAction } from '../../ui/use-action.js';

interface DeviceActionsProps {
  readonly session: OwnSession;
  readonly end: (session: OwnSession) => Promise<void>;
}

/** Ends a session. The one at hand is asked about first, since it ends this page, too. */
export function DeviceActions({ session, end }: DeviceActionsProps) {
  const { t, errorText } = useTexts();
  const { logout } = useAuth();
  const action = useAction(end);
  if (session.current)
    return (
      <ConfirmButton
        kind="plain"
        label={t('nav.signOut')}
        title={t('devices.endCurrent.title')}
        confirm={t('nav.signOut')}
        onConfirm={logout}
      >
        {t('devices.endCurrent.text')}
      </ConfirmButton>
    );
  return (
    <>
      <Button
        busy={action.isBusy}
        aria-label={t('devices.end.of', { device: session.device_name })}
        onClick={() => void action.run(session)}
      >
        {t('devices.end')}
      </Button>
      {action.error !== undefined && <Notice kind="error">{errorText(action.error)}</Notice>}
    </>
  );
}
