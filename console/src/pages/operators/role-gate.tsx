import { type ReactNode, useEffect } from 'react';
import type { ApiError } from '../../client/api.js';
import { loadRoles } from '../../client/roles.js';
import { useTexts } from '../../texts/texts-provider.js';
import { Button } from '../../ui/button.js';
import { Notice } from '../../ui/notice.js';
import { PageCard } from '../../ui/page-card.js';
import { useAction } from '../../ui/use-action.js';
import { Waiting } from '../../ui/waiting.js';
import type { OperatorApi } from './operator-api.js';

interface RoleGateProps {
  readonly operator: OperatorApi;
  /** For a user without the role. */
  readonly otherwise: ReactNode;
  /** Why the server did not take the user any more, where it has before. */
  readonly refusal: ApiError | undefined;
  readonly onOpen: () => void;
}

/** Thrown for a user without the role, whose token would be recorded as a wrong one. */
const IS_NO_OPERATOR = new Error('The user does not have the role.');

/**
 * Tries whether the server takes the user for an operator. It may want a new proof of who they are,
 * which the client asks for; without one, this can be tried again.
 */
export function RoleGate({ operator, otherwise, refusal, onOpen }: RoleGateProps) {
  const { t, errorText } = useTexts();
  // The user has just left the question of the client: they are not asked again at once.
  const unproven = refusal?.code === 'reauthentication_required' ? refusal : undefined;
  const {
    run,
    error = unproven,
    isBusy,
  } = useAction(async () => {
    if (!(await loadRoles()).includes('admin')) throw IS_NO_OPERATOR;
    await operator.check();
    onOpen();
  });
  useEffect(() => {
    if (!unproven) void run();
  }, []);
  if (error === undefined) return <Waiting />;
  if (error === IS_NO_OPERATOR) return otherwise;
  return (
    <PageCard title={t('operators.title')}>
      <Notice kind="info">{errorText(error)}</Notice>
      <Button kind="primary" busy={isBusy} onClick={() => void run()}>
        {t('operators.enter')}
      </Button>
    </PageCard>
  );
}
