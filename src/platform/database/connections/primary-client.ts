import type { Socket } from 'node:net';
import { Client, type ClientConfig } from 'pg';
import { keepColumns } from './prepared-statements.js';
import { NoPrimaryError, type Primary, type Severable } from './primary.js';

/** PostgreSQL's word for a write that a replica was asked for. */
const READ_ONLY = '25006';

interface Wire {
  readonly stream: Socket;
  on(event: 'errorMessage', listener: (error: { code?: string }) => void): void;
}

/**
 * A connection that leads to the primary or fails: what a replica says may be out of date. It also
 * lets go of a server that turns out to take no writes, which may stand behind a pooler, so that a
 * pool is not left with it.
 */
export class PrimaryClient extends Client implements Severable {
  constructor(
    private readonly options: Omit<ClientConfig, 'connectionString'> & {
      readonly primary: Primary;
    },
  ) {
    super({ ...options, connectionString: options.primary.anyServer });
    // Nobody listens yet while a connection is being checked, and an unheard error would end the
    // process.
    this.on('error', () => undefined);
    this.wire.on('errorMessage', ({ code }) => code === READ_ONLY && this.cut());
    keepColumns(this);
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

  /** What is sent in this turn of the event loop is written at its end, and at once. */
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
    // For its reading of the URL alone.
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
