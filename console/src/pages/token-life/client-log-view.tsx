import clsx from 'clsx';
import { useSyncExternalStore } from 'react';
import { clientLog, type LogEntry } from '../../client/client-log.js';
import { useTexts } from '../../texts/texts-provider.js';
import { logLineOf } from './log-line.js';
import styles from './token-life.module.css';

/** What the client has done, newest first. */
export function ClientLog() {
  const { t } = useTexts();
  const entries = useSyncExternalStore(clientLog.subscribe, clientLog.read);
  return (
    <section className={styles.card} aria-labelledby="token-life-log">
      <h2 id="token-life-log">{t('tokenLife.log')}</h2>
      {entries.length === 0 && <p>{t('tokenLife.logEmpty')}</p>}
      <div role="log" aria-labelledby="token-life-log">
        <ol className={styles.log}>
          {entries.map((entry, index) => (
            <Line key={entries.length - index} entry={entry} />
          ))}
        </ol>
      </div>
    </section>
  );
}

function Line({ entry }: { readonly entry: LogEntry }) {
  const { t, errorText, language } = useTexts();
  const { tone, text, values, because } = logLineOf(entry);
  const at = new Date(entry.at);
  return (
    <li className={clsx(styles.line, styles[tone])}>
      <time dateTime={at.toISOString()}>{at.toLocaleTimeString(language)}</time>
      <span>
        {t(text, values)} {because !== undefined && errorText(because)}
      </span>
    </li>
  );
}
