import { useCallback, useEffect, useRef, useState } from 'react';
import type { LoadEvents, SecurityEvent } from '../../client/events.js';
import { type Filter, isShown } from './event-types.js';

/** So many events to show are enough for one time. */
const ENOUGH_EVENTS = 20;

/** A filter may show few of thousands: after so many pages, the user decides whether to go on. */
const PAGES_AT_ONCE = 5;

export interface EventPages {
  /** Those that the filter shows, newest first. */
  readonly events: readonly SecurityEvent[];
  /** How far back was looked: the oldest event of all. */
  readonly oldest: SecurityEvent | undefined;
  readonly isLoaded: boolean;
  readonly isBusy: boolean;
  readonly hasMore: boolean;
  readonly error: unknown;
  readonly more: () => Promise<void>;
}

interface Loaded {
  readonly events: readonly SecurityEvent[];
  /** Undefined before the first page, null after the last. */
  readonly cursor: string | null | undefined;
}

/**
 * The events that a filter shows. The server does not filter, so pages are loaded until there are
 * enough to show.
 *
 * @param load must be the same function as long as the events are those of the same user
 */
export function useEventPages(load: LoadEvents, filter: Filter): EventPages {
  const [loaded, setLoaded] = useState<Loaded>({ events: [], cursor: undefined });
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const isRunning = useRef(false);
  const more = useCallback(async () => {
    if (isRunning.current) return;
    isRunning.current = true;
    setBusy(true);
    setError(undefined);
    try {
      await loadEnough(load, loaded, filter, setLoaded);
    } catch (failure) {
      setError(failure);
    } finally {
      isRunning.current = false;
      setBusy(false);
    }
  }, [load, loaded, filter]);

  const events = loaded.events.filter(({ type }) => isShown(type, filter));
  const hasMore = loaded.cursor !== null;
  const askedFor = useRef<Filter>(undefined);
  useEffect(() => {
    if (isBusy || askedFor.current === filter) return;
    askedFor.current = filter;
    if (hasMore && events.length < ENOUGH_EVENTS) void more();
  }, [isBusy, filter, hasMore, events.length, more]);

  const isLoaded = loaded.cursor !== undefined;
  return { events, oldest: loaded.events.at(-1), isLoaded, isBusy, hasMore, error, more };
}

async function loadEnough(
  load: LoadEvents,
  { events: known, cursor: from }: Loaded,
  filter: Filter,
  onLoaded: (loaded: Loaded) => void,
): Promise<void> {
  let events = known;
  let cursor = from;
  let found = 0;
  for (let page = 0; page < PAGES_AT_ONCE; page++) {
    if (cursor === null || found >= ENOUGH_EVENTS) return;
    const next = await load(cursor);
    events = [...events, ...next.events];
    cursor = next.next_cursor;
    found += next.events.filter(({ type }) => isShown(type, filter)).length;
    onLoaded({ events, cursor });
  }
}
