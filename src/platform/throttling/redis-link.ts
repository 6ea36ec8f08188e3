import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';

/**
 * The longest time that a request waits for Redis. Only requests that are open when Redis fails
 * wait that long.
 */
const RESPONSE_TIMEOUT_MS = 250;

/**
 * Between two attempts to connect. Half of it is random, so that instances do not connect at the
 * same time.
 */
const RETRY_MS = 500;

const KEY_PREFIX = 'evergreen:limits:';

/** Text of a script by its name. Each takes keys and numbers, and returns two numbers. */
export type Scripts<Name extends string> = Readonly<Record<Name, string>>;

/** A script as a method of the client: the number of keys, the keys, the numbers. */
type RunScript = (...args: (string | number)[]) => Promise<[number, number]>;

/**
 * A connection to Redis, with its state: up or away. It reconnects by itself, and writes one line
 * to the log for each change.
 */
export class RedisLink<Name extends string> {
  private readonly logger = new Logger('RedisLink');
  private readonly redis: Redis & Record<Name, RunScript>;
  private state: 'unknown' | 'up' | 'away' = 'unknown';

  /**
   * @param proof the script that must succeed before the connection counts as up. It writes, so it
   * fails on a read-only replica.
   */
  constructor(
    url: string,
    scripts: Scripts<Name>,
    private readonly proof: Name,
  ) {
    const client = new Redis(url, {
      keyPrefix: KEY_PREFIX,
      connectTimeout: 1000,
      commandTimeout: RESPONSE_TIMEOUT_MS,
      disconnectTimeout: RESPONSE_TIMEOUT_MS,
      retryStrategy: () => RETRY_MS * (0.5 + Math.random()),
      // A command that cannot be sent fails at once. None is sent twice, or it would count twice.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
    });
    // The client sends the text once for each connection, then its hash.
    for (const [name, lua] of Object.entries<string>(scripts)) client.defineCommand(name, { lua });
    this.redis = client as typeof this.redis;
    this.redis.on('ready', () => void this.prove());
    this.redis.on('error', (error: Error) => this.noteAway(error));
    this.redis.on('close', () => this.noteAway());
  }

  get isUp(): boolean {
    return this.state === 'up';
  }

  /** The result of the script; undefined while Redis is away. */
  async run(
    script: Name,
    keys: readonly string[],
    values: readonly number[] = [],
  ): Promise<readonly [number, number] | undefined> {
    if (!this.isUp) return undefined;
    try {
      return await this.evaluate(script, keys, values);
    } catch (error) {
      // When many commands fail together, only the first one closes the connection.
      if (this.isUp) this.drop(error);
      return undefined;
    }
  }

  close(): void {
    // The server closes it itself, so there is nothing to report.
    this.state = 'away';
    this.redis.disconnect();
  }

  private async prove(): Promise<void> {
    try {
      await this.evaluate(this.proof, ['proof'], [1000]);
      if (this.state === 'away')
        this.logger.log('Redis is back: limits are shared with other instances again.');
      this.state = 'up';
    } catch (error) {
      this.drop(error);
    }
  }

  private async evaluate(
    script: Name,
    keys: readonly string[],
    values: readonly number[],
  ): Promise<[number, number]> {
    return this.redis[script](keys.length, ...keys, ...values);
  }

  /** Closes a connection that fails, and opens another after a short time. */
  private drop(error: unknown): void {
    this.noteAway(error);
    this.redis.disconnect(true);
  }

  private noteAway(error?: unknown): void {
    if (this.state === 'away') return;
    this.state = 'away';
    this.logger.warn(
      { err: error },
      'Redis is away: each instance counts by itself until it is back.',
    );
  }
}
