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

type Answered = (error: Error | null | undefined, result?: QueryResult) => void;
type ReadRow = (values: readonly (string | null)[]) => object;

/** What the server said of a statement when it was prepared. */
interface Prepared {
  /** Undefined until the first answer has come. */
  columns?: { readonly fields: FieldDef[]; readonly readRow: ReadRow };
}

/**
 * Lets a client ask for a named statement's columns once, where `pg` asks at each execution and
 * makes a reader of rows from the answer each time. While a statement is prepared its columns
 * cannot change: where the schema changes under it, the server refuses to execute it. Then it is
 * prepared anew and executed once more, and whoever asked notices nothing.
 *
 * Not within a transaction, which is over with its first error: there the error is reported, one
 * that `isDatabaseOutage` is true of, and the transaction tried again prepares the statement anew.
 */
export function keepColumns(client: Client): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  const statements = new PreparedStatements(client.connection);
  const execute = (config: QueryConfig, answered: Answered) => {
    const send = (callback: Answered) => query(new PreparedQuery(config, statements, callback));
    send((error, result) => {
      if (mustBePreparedAnew(error) && client.getTransactionStatus() !== 'T') send(answered);
      else answered(error, result);
    });
  };
  const keeping = (...args: unknown[]) => {
    const [config, , answered] = args;
    if (!isNamed(config)) return query(...args);
    if (!answered) return promised(config, execute);
    execute(config, answered as Answered);
    return undefined;
  };
  Object.assign(client, { query: keeping });
}

function isNamed(config: unknown): config is QueryConfig {
  return typeof config === 'object' && config !== null && 'name' in config && Boolean(config.name);
}

async function promised(
  config: QueryConfig,
  execute: (config: QueryConfig, answered: Answered) => void,
): Promise<unknown> {
  try {
    return await new Promise((resolve, reject) => {
      execute(config, (error, result) => (error ? reject(error) : resolve(result)));
    });
  } catch (error) {
    // As pg does: a stack that leads to who asked, and not to the socket.
    if (error instanceof Error) Error.captureStackTrace(error);
    throw error;
  }
}

/** Those of one connection, by name. */
class PreparedStatements {
  /** The same connection, but that it describes nothing. */
  readonly undescribing: Connection;
  private readonly known = new Map<string, Prepared | undefined>();

  constructor(connection: Connection) {
    this.undescribing = Object.create(connection, {
      describe: { value: () => undefined },
    }) as Connection;
  }

  get(name: string): Prepared | undefined {
    return this.known.get(name);
  }

  /** The server may still have one of this name, which has to go before another can come. */
  add(name: string, connection: Connection): Prepared {
    if (this.known.has(name)) connection.close({ type: 'S', name }, false);
    const prepared: Prepared = {};
    this.known.set(name, prepared);
    return prepared;
  }

  /**
   * Whoever executes it next prepares it in the same implicit transaction, so that no change of the
   * schema comes in between.
   */
  forget(name: string): void {
    this.known.set(name, undefined);
  }
}

/** The parts of a query of `pg` that its types do not show. */
interface Parts {
  readonly name: string;
  readonly _result: { fields: FieldDef[]; parseRow: ReadRow };
  _accumulateRows: boolean;
  hasBeenParsed(connection: Connection): boolean;
  prepare(connection: Connection): void;
  handleRowDescription(message: { readonly fields: FieldDef[] }): void;
  handleError(error: Error, connection: Connection): void;
}

const PgQuery = Query as unknown as new (config: QueryConfig, answered: Answered) => Query & Parts;

/**
 * Each execution holds on to the preparation that it was sent for: others may be on their way when
 * the statement is prepared anew.
 */
class PreparedQuery extends PgQuery {
  private prepared: Prepared | undefined;
  private isNew = false;

  constructor(
    config: QueryConfig,
    private readonly statements: PreparedStatements,
    answered: Answered,
  ) {
    super(config, answered);
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
    super.prepare(this.statements.undescribing);
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
    // One that has never been answered may not have been prepared at all.
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
