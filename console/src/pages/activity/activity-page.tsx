import { useSearchParams } from 'wouter';
import { api } from '../../client/api.js';
import { type EventPage, eventsQuery } from '../../client/events.js';
import { PAGES } from '../../pages.js';
import { useTexts } from '../../texts/texts-provider.js';
import { PageHead } from '../../ui/page-head.js';
import { EventFilters } from './event-filters.js';
import { EventHistory } from './event-history.js';
import { filterOf } from './event-types.js';

/** What happened to the user's account. */
export default function ActivityPage() {
  const { t } = useTexts();
  const [query] = useSearchParams();
  const filter = filterOf(query);
  return (
    <>
      <PageHead title={t('activity.title')} intro={t('activity.intro')} />
      <EventFilters page={PAGES.activity} filter={filter} />
      <EventHistory load={loadOwnEvents} filter={filter} />
    </>
  );
}

async function loadOwnEvents(cursor: string | undefined): Promise<EventPage> {
  return api<EventPage>(`/api/auth/events${eventsQuery(cursor)}`);
}
