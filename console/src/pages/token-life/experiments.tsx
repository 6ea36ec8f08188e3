import { useAuth } from '@evergreen-auth/client/react';
import { useState } from 'react';
import { network } from '../../client/client.js';
import { SETTINGS } from '../../settings.js';
import { useTexts } from '../../texts/texts-provider.js';
import { Button } from '../../ui/button.js';
import { ReplayDialog } from './replay-dialog.js';
import styles from './token-life.module.css';

/** Buttons that make something happen to the session of this page. The log shows what comes of it. */
export function Experiments() {
  const { client, fetch } = useAuth();
  const { t } = useTexts();
  const [isOffline, setOffline] = useState(false);

  // What fails is in the log.
  const callApi = () => void fetch('/api/auth/me').catch(() => {});
  const refresh = () => void client.refreshToken().catch(() => {});
  const expire = () => {
    network.expireNextToken();
    callApi();
  };
  const lose = () => {
    network.loseNextResponse();
    refresh();
  };
  const toggleNetwork = () => {
    network.setOffline(!isOffline);
    client.notify(isOffline ? 'online' : 'offline');
    setOffline(!isOffline);
  };
  const openTab = () => void window.open(location.href, '_blank', 'noopener');

  return (
    <section className={styles.card} aria-labelledby="token-life-try">
      <h2 id="token-life-try">{t('tokenLife.try')}</h2>
      <ul className={styles.experiments}>
        <Experiment name="call" onClick={callApi} />
        <Experiment name="refresh" onClick={refresh} />
        {SETTINGS.environment !== 'production' && <Experiment name="expire" onClick={expire} />}
        <Experiment name="lose" onClick={lose} />
        <li>
          <ReplayDialog />
          <p>{t('tokenLife.replayHint')}</p>
        </li>
        <li>
          <Button onClick={toggleNetwork} aria-pressed={isOffline}>
            {t(isOffline ? 'tokenLife.online' : 'tokenLife.offline')}
          </Button>
          <p>{t('tokenLife.offlineHint')}</p>
        </li>
        <Experiment name="tab" onClick={openTab} />
      </ul>
    </section>
  );
}

interface ExperimentProps {
  readonly name: 'call' | 'refresh' | 'expire' | 'lose' | 'tab';
  readonly onClick: () => void;
}

function Experiment({ name, onClick }: ExperimentProps) {
  const { t } = useTexts();
  return (
    <li>
      <Button onClick={onClick}>{t(`tokenLife.${name}`)}</Button>
      <p>{t(`tokenLife.${name}Hint`)}</p>
    </li>
  );
}
