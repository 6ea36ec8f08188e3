import { useCallback, useState } from 'react';
import { usePolled } from '../../client/use-polled.js';
import { useTexts } from '../../texts/texts-provider.js';
import { Notice } from '../../ui/notice.js';
import { EventHistory } from '../activity/event-history.js';
import type { Done } from './done.js';
import { UserActions } from './user-actions.js';
import { UserCard } from './user-card.js';
import type { OperatorApi, UserDetails } from './operator-api.js';
import styles from './user-panel.module.css';
import { UserSessions } from './user-sessions.js';

interface UserPanelProps {
  readonly operator: OperatorApi;
  readonly user: UserDetails;
  /** Is given the user as they are after an action. */
  readonly onChanged: (user: UserDetails | null) => void;
}

/** One user: who they are, their sessions and their events, and what can be done. */
export function UserPanel({ operator, user, onChanged }: UserPanelProps) {
  const { t } = useTexts();
  const [done, setDone] = useState<Done>();
  const [version, setVersion] = useState(0);
  const { id } = user;
  const load = useCallback(
    (signal: AbortSignal) => operator.listSessions({ id }, signal),
    [operator, id],
  );
  const sessions = usePolled(load);
  const loadEvents = useCallback(
    (cursor: string | undefined) => operator.listEvents({ id }, cursor),
    [operator, id],
  );
  /** After an action: says what was done, and shows what is so now. */
  const onDone = async (what: Done) => {
    setDone(what);
    await sessions.reload();
    setVersion((before) => before + 1);
    onChanged((await operator.find(id)) ?? null);
  };
  return (
    <div className={styles.panel}>
      <div className={styles.done}>
        {done && <Notice kind={done.kind}>{t(done.text, { count: done.count ?? 0 })}</Notice>}
      </div>
      <UserCard user={user}>
        <UserActions operator={operator} user={user} onDone={onDone} />
      </UserCard>
      <UserSessions operator={operator} user={user} sessions={sessions} onDone={onDone} />
      <section className={styles.part}>
        <h2>{t('activity.title')}</h2>
        <EventHistory key={version} load={loadEvents} filter="all" />
      </section>
    </div>
  );
}
