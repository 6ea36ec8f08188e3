import type { LoadEvents } from '../../client/events.js';
import { useTexts } from '../../texts/texts-provider.js';
import { Button } from '../../ui/button.js';
import { LoadState } from '../../ui/load-state.js';
import { Panel } from '../../ui/panel.js';
import { byDay, dayTitle } from './days.js';
import styles from './event-history.module.css';
import { EventRow } from './event-row.js';
import type { Filter } from './event-types.js';
import { useEventPages } from './use-event-pages.js';

interface EventHistoryProps {
  /** Must be the same function as long as the events are those of the same user. */
  readonly load: LoadEvents;
  readonly filter: Filter;
}

/** Security events by day, newest first. */
export function EventHistory({ load, filter }: EventHistoryProps) {
  const { t, language } = useTexts();
  const { events, oldest, isLoaded, isBusy, hasMore, error, more } = useEventPages(load, filter);
  const now = new Date();
  const since = new Intl.DateTimeFormat(language, { dateStyle: 'long' });
  return (
    <div className={styles.history}>
      <LoadState isLoaded={isLoaded} error={error} retry={more}>
        {byDay(events, ({ occurred_at }) => occurred_at).map(({ key, entries }) => (
          <section key={key} className={styles.day}>
            <h2>{dayTitle(key, now, language)}</h2>
            <Panel>
              <ul className={styles.list}>
                {entries.map((event) => (
                  <EventRow key={event.id} event={event} />
                ))}
              </ul>
            </Panel>
          </section>
        ))}
        {events.length === 0 && !isBusy && <p className={styles.empty}>{t('activity.empty')}</p>}
        <div className={styles.end}>
          {hasMore && (
            <Button busy={isBusy} onClick={() => void more()}>
              {t('activity.more')}
            </Button>
          )}
          {oldest && (
            <p>{t('activity.since', { date: since.format(new Date(oldest.occurred_at)) })}</p>
          )}
        </div>
      </LoadState>
    </div>
  );
}
