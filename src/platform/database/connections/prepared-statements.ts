import {
  Query,
  types,
  type Client,
  type Connection,
  type FieldDef,
  type QueryConfig,
  type QueryResult,
} from 'pg';
import { mustBePreparedAnew } from '../../errors/index.js';

type QueryDone = (error: Error | null | undefined, result?: QueryResult) => void;
type ReadRow = (values: readonly (string | null)[]) => object;

/** A prepared statement, as the server described it. */
interface Prepared {
  /** Undefined until the first result has arrived. */
  columns?: { readonly fields: FieldDef[]; readonly readRow: ReadRow };
}

/**
 * Makes a client request the columns of a named statement once, where `pg` requests them at each
 * execution and builds a row parser each time. While a statement is prepared its columns cannot
 * change: after a change of the schema, the server rejects the statement. Then it is prepared and
 * executed again, and the caller notices nothing.
 *
 * Within a transaction the error is reported, since the first error ends a transaction;
 * `isDatabaseOutage` is true for it. When the transaction is retried, the statement is prepared
 * again.
 */
export function cacheColumns(client: Client): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  const statements = new PreparedStatements(client.connection);
  const execute = (config: QueryConfig, done: QueryDone) => {
    const send = (callback: QueryDone) => query(new PreparedQuery(config, statements, callback));
    send((error, result) => {
      if (mustBePreparedAnew(error) && client.getTransactionStatus() !== 'T') send(done);
      else done(error, result);
    });
  };
  const caching = (...args: unknown[]) => {
    const [config, , done] = args;
    if (!isNamed(config)) return query(...args);
    if (!done) return promised(config, execute);
    execute(config, done as QueryDone);
    return undefined;
  };
  Object.assign(client, { query: caching });
}

function isNamed(config: unknown): config is QueryConfig {
  return typeof config === 'object' && config !== null && 'name' in config && Boolean(config.name);
}

async function promised(
  config: QueryConfig,
  execute: (config: QueryConfig, done: QueryDone) => void,
): Promise<unknown> {
  try {
    return await new Promise((resolve, reject) => {
      execute(config, (error, result) => (error ? reject(error) : resolve(result)));
    });
  } catch (error) {
    // As pg does: a stack trace that shows the caller, not the socket.
    if (error instanceof Error) Error.captureStackTrace(error);
    throw error;
  }
}

/** The prepared statements of one connection, by name. */
class PreparedStatements {
  /** The same connection, except that `describe` does nothing. */
  readonly withoutDescribe: Connection;
  private readonly known = new Map<string, Prepared | undefined>();

  constructor(connection: Connection) {
    this.withoutDescribe = Object.create(connection, {
      describe: { value: () => undefined },
    }) as Connection;
  }

  get(name: string): Prepared | undefined {
    return this.known.get(name);
  }

  /** The server may still have a statement of this name, which must be closed first. */
  add(name: string, connection: Connection): Prepared {
    if (this.known.has(name)) connection.close({ type: 'S', name }, false);
    const prepared: Prepared = {};
    this.known.set(name, prepared);
    return prepared;
  }

  /**
   * The next execution prepares the statement again, in the same implicit transaction, so that the
   * schema cannot change in between.
   */
  forget(name: string): void {
    this.known.set(name, undefined);
  }
}

/** Members of `pg`'s query that its types do not declare. */
interface Parts {
  readonly name: string;
  readonly _result: { fields: FieldDef[]; parseRow: ReadRow };
  _accumulateRows: boolean;
  hasBeenParsed(connection: Connection): boolean;
  prepare(connection: Connection): void;
  handleRowDescription(message: { readonly fields: FieldDef[] }): void;
  handleError(error: Error, connection: Connection): void;
}

const PgQuery = Query as unknown as new (config: QueryConfig, done: QueryDone) => Query & Parts;

/**
 * Each execution keeps the preparation that it was sent with: other executions may be in flight
 * when the statement is prepared again.
 */
class PreparedQuery extends PgQuery {
  private prepared: Prepared | undefined;
  private isNew = false;

  constructor(
    config: QueryConfig,
    private readonly statements: PreparedStatements,
    done: QueryDone,
  ) {
    super(config, done);
  }

  override prepare(connection: Connection): void {
    const known = this.statements.get(this.name);
    this.isNew = known === undefined;
    this.prepared = known ?? this.statements.add(this.name, connection);
    const { columns } = this.prepared;
    if (!columns) return super.prepare(connection);
    this._result.fields = columns.fields;
    this._result.parseRow = columns.readRow;
    this._accumulateRows = true;
    super.prepare(this.statements.withoutDescribe);
  }

  override hasBeenParsed(): boolean {
    return !this.isNew;
  }

  override handleRowDescription(message: { readonly fields: FieldDef[] }): void {
    super.handleRowDescription(message);
    const { fields } = message;
    if (this.prepared) this.prepared.columns ??= { fields, readRow: readerOf(fields) };
  }

  override handleError(error: Error, connection: Connection): void {
    // Without any result so far, the statement may not have been prepared at all.
    if (mustBePreparedAnew(error) || !this.prepared?.columns) this.statements.forget(this.name);
    super.handleError(error, connection);
  }
}

const parserOf = types.getTypeParser as (typeId: number) => (value: string) => unknown;

function readerOf(fields: readonly FieldDef[]): ReadRow {
  const columns = fields.map(({ name, dataTypeID }) => ({
    name,
    parse: parserOf(dataTypeID),
  }));
  const empty = Object.fromEntries(columns.map(({ name }) => [name, null]));
  return (values) => {
    const row: Record<string, unknown> = { ...empty };
    for (let index = 0; index < columns.length; index++) {
      const value = values[index];
      const { name, parse } = columns[index] as (typeof columns)[number];
      if (value !== null && value !== undefined) row[name] = parse(value);
    }
    return row;
  };
}
