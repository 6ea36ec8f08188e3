import type { SessionDetails } from '../../client/sessions.js';
import type { Polled } from '../../client/use-polled.js';
import { useTexts } from '../../texts/texts-provider.js';
import { ConfirmButton } from '../../ui/confirm-button.js';
import { LoadState } from '../../ui/load-state.js';
import { Panel } from '../../ui/panel.js';
import { useKeptFocus } from '../../ui/use-kept-focus.js';
import { DeviceRow } from '../devices/device-row.js';
import type { Done } from './done.js';
import type { OperatorApi, UserDetails } from './operator-api.js';
import styles from './user-panel.module.css';

interface UserSessionsProps {
  readonly operator: OperatorApi;
  readonly user: UserDetails;
  readonly sessions: Polled<SessionDetails[]>;
  readonly onDone: (done: Done) => Promise<void>;
}

/** The live sessions of a user, each of which can be ended. */
export function UserSessions({ operator, user, sessions, onDone }: UserSessionsProps) {
  const { t } = useTexts();
  const { value, error, reload } = sessions;
  const { area, fallback } = useKeptFocus<HTMLHeadingElement>(value);
  const end = async (session: SessionDetails) => {
    await operator.endSession(user, session);
    await onDone({ kind: 'success', text: 'operators.end.done' });
  };
  const endAll = async () => {
    const count = await operator.endSessions(user);
    const text = count === 1 ? 'operators.endAll.done.one' : 'operators.endAll.done';
    await onDone({ kind: 'success', text, count });
  };
  return (
    <section className={styles.part} {...area}>
      <div className={styles.head}>
        <h2 ref={fallback} tabIndex={-1}>
          {t('operators.sessions')}
        </h2>
        {value !== undefined && value.length > 0 && (
          <ConfirmButton
            label={t('operators.endAll')}
            title={t('operators.endAll.title')}
            confirm={t('operators.endAll')}
            onConfirm={endAll}
          >
            {t('operators.endAll.text')}
          </ConfirmButton>
        )}
      </div>
      <Panel aria-label={t('operators.sessions')}>
        <LoadState isLoaded={value !== undefined} error={error} retry={reload}>
          {value?.length === 0 && <p className={styles.none}>{t('operators.noSessions')}</p>}
          <ul className={styles.list}>
            {value?.map((session) => (
              <DeviceRow key={session.id} session={session}>
                <ConfirmButton
                  kind="plain"
                  label={t('devices.end')}
                  ariaLabel={t('devices.end.of', { device: session.device_name })}
                  title={t('operators.end.title')}
                  confirm={t('devices.end')}
                  onConfirm={() => end(session)}
                >
                  {t('operators.end.text')}
                </ConfirmButton>
              </DeviceRow>
            ))}
          </ul>
        </LoadState>
      </Panel>
    </section>
  );
}
