import { tracingChannel } from 'node:diagnostics_channel';
import type { ClientBase } from 'pg';

/** A query, as it is told to whoever subscribes. Its values are not. */
export interface ToldQuery {
  /** The statement's own name, or what it does and to which table. */
  readonly summary: string;
  readonly error?: unknown;
}

/**
 * Tells of every query when it begins and when it has ended. While nobody subscribes, that costs
 * one look.
 */
export const queryChannel = tracingChannel<'evergreen.query', ToldQuery>('evergreen.query');

type Query = (...args: unknown[]) => unknown;

/** Lets a connection tell of its queries. */
export function tellQueries(client: ClientBase): void {
  const query = client.query.bind(client) as Query;
  const telling: Query = (...args) => {
    if (!queryChannel.hasSubscribers || isStream(args[0])) return query(...args);
    const told = { summary: summaryOf(args[0] as string | { name?: string; text: string }) };
    if (typeof args.at(-1) === 'function')
      return queryChannel.traceCallback(query, -1, told, client, ...args);
    return queryChannel.tracePromise(
      query as (...args: unknown[]) => Promise<unknown>,
      told,
      client,
      ...args,
    );
  };
  Object.assign(client, { query: telling });
}

/** Such as those of pg-query-stream, which run for as long as they are read. */
function isStream(query: unknown): boolean {
  return typeof query === 'object' && query !== null && 'submit' in query;
}

/** Only the verb and what TypeORM quotes as a table: in the rest of a text, a value might stand. */
function summaryOf(query: string | { readonly name?: string; readonly text: string }): string {
  const { name, text } = typeof query === 'string' ? { name: undefined, text: query } : query;
  if (name !== undefined) return name;
  const [verb = 'query'] = /[A-Za-z]+/.exec(text) ?? [];
  const [, table] = /\b(?:FROM|INTO|UPDATE) "(\w+)"/i.exec(text) ?? [];
  return table === undefined ? verb : `${verb} ${table}`;
}
