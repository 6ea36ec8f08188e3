import type { Socket } from 'node:net';
import { Client, type ClientConfig } from 'pg';
import { cacheColumns } from './prepared-statements.js';
import { NoPrimaryError, type Primary, type Severable } from './primary.js';

/** PostgreSQL's error code for a write on a replica. */
const READ_ONLY = '25006';

interface Wire {
  readonly stream: Socket;
  on(event: 'errorMessage', listener: (error: { code?: string }) => void): void;
}

/**
 * A connection to the primary. It fails on a replica, whose data may be out of date, and closes
 * itself when the server rejects a write as a replica does, so that no pool keeps it.
 */
export class PrimaryClient extends Client implements Severable {
  constructor(
    private readonly options: Omit<ClientConfig, 'connectionString'> & {
      readonly primary: Primary;
    },
  ) {
    super({ ...options, connectionString: options.primary.anyServer });
    // While a connection is checked it has no other listener, and an error event without a listener
    // would end the process.
    this.on('error', () => undefined);
    this.wire.on('errorMessage', ({ code }) => code === READ_ONLY && this.cut());
    cacheColumns(this);
  }

  override connect(): Promise<this>;
  override connect(callback: (error: Error) => void): void;
  override connect(callback?: (error: Error) => void): Promise<this> | void {
    const connected = this.connectToPrimary();
    if (!callback) return connected;
    void connected.then(() => callback(undefined as unknown as Error), callback);
  }

  cut(): void {
    this.wire.stream.destroy();
  }

  /** Writes everything that is sent in this turn of the event loop together, at its end. */
  writeTogether(): void {
    const { stream } = this.wire;
    if (stream.writableCorked > 0) return;
    stream.cork();
    setImmediate(() => stream.uncork());
  }

  private get wire(): Wire {
    return (this as unknown as { connection: Wire }).connection;
  }

  private async connectToPrimary(): Promise<this> {
    const { primary } = this.options;
    const server = await primary.locate();
    // Only to parse the URL.
    const { host, port } = new Client(server);
    Object.assign(this, { host, port });
    primary.add(this, server);
    this.once('end', () => primary.remove(this));
    await super.connect();
    const { rows } = await this.query<{ isReplica: boolean }>(
      'SELECT pg_is_in_recovery() AS "isReplica"',
    );
    if (rows[0]?.isReplica === false) return this;
    this.cut();
    throw new NoPrimaryError();
  }
}
