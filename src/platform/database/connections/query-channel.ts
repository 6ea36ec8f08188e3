import { tracingChannel } from 'node:diagnostics_channel';
import type { ClientBase } from 'pg';

/** A query, as it is published to subscribers, without its values. */
export interface PublishedQuery {
  /** The statement's own name, or what it does and to which table. */
  readonly summary: string;
  readonly error?: unknown;
}

/**
 * Publishes the begin and the end of each query. Without subscribers it costs one check.
 */
export const queryChannel = tracingChannel<'evergreen.query', PublishedQuery>('evergreen.query');

type Query = (...args: unknown[]) => unknown;

/** Makes a connection publish its queries. */
export function publishQueries(client: ClientBase): void {
  const query = client.query.bind(client) as Query;
  const publishing: Query = (...args) => {
    if (!queryChannel.hasSubscribers || isStream(args[0])) return query(...args);
    const published = { summary: summaryOf(args[0] as string | { name?: string; text: string }) };
    if (typeof args.at(-1) === 'function')
      return queryChannel.traceCallback(query, -1, published, client, ...args);
    return queryChannel.tracePromise(
      query as (...args: unknown[]) => Promise<unknown>,
      published,
      client,
      ...args,
    );
  };
  Object.assign(client, { query: publishing });
}

/** A stream, such as those of pg-query-stream, runs for as long as it is read. */
function isStream(query: unknown): boolean {
  return typeof query === 'object' && query !== null && 'submit' in query;
}

/** Only the verb and the table that TypeORM quotes: the rest of a text may contain values. */
function summaryOf(query: string | { readonly name?: string; readonly text: string }): string {
  const { name, text } = typeof query === 'string' ? { name: undefined, text: query } : query;
  if (name !== undefined) return name;
  const [verb = 'query'] = /[A-Za-z]+/.exec(text) ?? [];
  const [, table] = /\b(?:FROM|INTO|UPDATE) "(\w+)"/i.exec(text) ?? [];
  return table === undefined ? verb : `${verb} ${table}`;
}
