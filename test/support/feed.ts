import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { FeedEvents, FeedRevocation } from '#protocol';
import { eventually } from './eventually.js';

/** An event of the feed, as it arrived. */
export type ReceivedEvent = {
  readonly [Name in keyof FeedEvents]: {
    readonly event: Name;
    readonly id: string;
    readonly data: FeedEvents[Name];
  };
}[keyof FeedEvents];

/** A listener of the feed, which keeps all that it receives. */
export interface Listener {
  readonly response: IncomingMessage;
  readonly events: readonly ReceivedEvent[];
  readonly isClosed: boolean;
  /** The last id. */
  readonly mark: string;
  /** The strictest of all entries by id: null if ended. */
  readonly lowest: ReadonlyMap<string, number | null>;
  /** Waits for the proof that follows the snapshot. */
  complete(): Promise<void>;
  close(): void;
}

const openListeners = new Set<Listener>();
afterEach(() => openListeners.forEach((listener) => listener.close()));

/**
 * Opens a stream, and resolves with its response's headers; a test's end closes it. As a service
 * does, it tries again where the instance is not live yet, or was too busy to read for a while.
 */
export async function listen(
  url: string,
  token: string,
  mark?: string,
  path = '/api/feed/revocations',
): Promise<Listener> {
  const headers = {
    authorization: `Bearer ${token}`,
    ...(mark !== undefined && { 'last-event-id': mark }),
  };
  const response = await open(url + path, headers);
  const events: ReceivedEvent[] = [];
  const lowest = new Map<string, number | null>();
  const add = (one: ReceivedEvent) => {
    events.push(one);
    for (const entry of entriesOf([one])) addTo(lowest, entry);
  };
  let [isClosed, rest] = [false, ''];
  response.setEncoding('utf8');
  response.on('data', (text: string) => {
    const parts = (rest + text).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) add(parse(part));
  });
  response.on('error', () => undefined);
  response.on('close', () => (isClosed = true));
  const listener: Listener = {
    response,
    events,
    get isClosed() {
      return isClosed;
    },
    get mark() {
      return events.at(-1)?.id ?? '';
    },
    lowest,
    complete: async () => {
      await eventually(() => events.some(({ event }) => event === 'proof'));
    },
    close: () => {
      openListeners.delete(listener);
      response.destroy();
    },
  };
  openListeners.add(listener);
  return listener;
}

async function open(url: string, headers: Readonly<Record<string, string>>) {
  for (;;) {
    const sent = request(url, { headers, agent: false }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    if (response.statusCode !== 503) return response;
    response.resume();
    await pause(100);
  }
}

/** All entries in the order in which they came. */
export function entriesOf(events: readonly ReceivedEvent[]): FeedRevocation[] {
  return events.flatMap((one) => {
    if (one.event === 'snapshot') return one.data.entries;
    return one.event === 'revoked' ? [one.data] : [];
  });
}

function addTo(lowest: Map<string, number | null>, entry: FeedRevocation): void {
  const known = lowest.get(entry.id);
  if (known === null) return;
  lowest.set(entry.id, entry.lowest === null ? null : Math.max(entry.lowest, known ?? 0));
}

function parse(part: string): ReceivedEvent {
  const fields = Object.fromEntries(
    part.split('\n').map((line) => {
      const colonAt = line.indexOf(': ');
      return [line.slice(0, colonAt), line.slice(colonAt + 2)];
    }),
  ) as { event: string; id: string; data: string };
  return { ...fields, data: JSON.parse(fields.data) } as ReceivedEvent;
}
