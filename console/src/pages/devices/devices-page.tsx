import { useCallback, useState } from 'react';
import { endSession, listSessions, type OwnSession } from '../../client/sessions.js';
import { usePolled } from '../../client/use-polled.js';
import { useTexts } from '../../texts/texts-provider.js';
import { ConfirmButton } from '../../ui/confirm-button.js';
import { LoadState } from '../../ui/load-state.js';
import { Notice } from '../../ui/notice.js';
import { PageHead } from '../../ui/page-head.js';
import { Panel } from '../../ui/panel.js';
import { useKeptFocus } from '../../ui/use-kept-focus.js';
import { DeviceActions } from './device-actions.js';
import { DeviceRow } from './device-row.js';
import styles from './devices-page.module.css';
import { endEach, type Endings } from './end-each.js';

/** The devices on which the user is signed in. What ends elsewhere disappears by itself. */
export default function DevicesPage() {
  const { t } = useTexts();
  const { value: sessions, error, reload } = usePolled(listSessions);
  const [notice, setNotice] = useState<string | Endings>();
  const { area, fallback } = useKeptFocus<HTMLUListElement>(sessions);
  const others = sessions?.filter(({ current }) => !current) ?? [];
  const end = useCallback(
    async (session: OwnSession) => {
      await endSession(session);
      await reload();
      setNotice(session.device_name);
    },
    [reload],
  );
  const endOthers = async () => {
    const endings = await endEach(others, endSession);
    await reload();
    setNotice(endings);
  };
  return (
    <div {...area}>
      <PageHead title={t('devices.title')} intro={t('devices.intro')} />
      <div className={styles.notice}>{notice !== undefined && <Ended notice={notice} />}</div>
      <Panel aria-label={t('devices.title')}>
        <LoadState isLoaded={sessions !== undefined} error={error} retry={reload}>
          <ul className={styles.list} ref={fallback} tabIndex={-1}>
            {sessions?.map((session) => (
              <DeviceRow key={session.id} session={session} isCurrent={session.current}>
                <DeviceActions session={session} end={end} />
              </DeviceRow>
            ))}
          </ul>
        </LoadState>
      </Panel>
      {sessions !== undefined && (
        <div className={styles.others}>
          {others.length === 0 ? (
            <p className={styles.alone}>{t('devices.alone')}</p>
          ) : (
            <ConfirmButton
              label={t('devices.endOthers')}
              title={t('devices.endOthers.title')}
              confirm={t('devices.endOthers.confirm')}
              onConfirm={endOthers}
            >
              {t('devices.endOthers.text')}
            </ConfirmButton>
          )}
        </div>
      )}
    </div>
  );
}

/** What was ended: one device, by its name, or several. */
function Ended({ notice }: { readonly notice: string | Endings }) {
  const { t, errorText } = useTexts();
  if (typeof notice === 'string')
    return (
      <Notice kind="success">
        <bdi>{notice}</bdi> {t('devices.ended')}
      </Notice>
    );
  const { ended, failed, error } = notice;
  const text = t(ended === 1 ? 'devices.endedMany.one' : 'devices.endedMany', { count: ended });
  if (failed === 0) return <Notice kind="success">{text}</Notice>;
  return (
    <Notice kind="error">
      {text} {t('devices.notEnded', { count: failed })} {errorText(error)}
    </Notice>
  );
}
