import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';

/**
 * Nobody waits longer for Redis than this, and only the requests during which it went away wait at
 * all.
 */
const ANSWER_WITHIN_MS = 250;

/**
 * Between two attempts to get back; half of it is left to chance, so that instances do not come
 * back in step.
 */
const RETRY_MS = 500;

const KEY_PREFIX = 'evergreen:limits:';

/** Text of a script by its name. Each takes keys and numbers, and returns two numbers. */
export type Scripts<Name extends string> = Readonly<Record<Name, string>>;

/** A script as a method of the client: the number of keys, the keys, the numbers. */
type RunScript = (...args: (string | number)[]) => Promise<[number, number]>;

/**
 * A connection to Redis that is up or known to be away. It comes back by itself, and says so in the
 * log once per change.
 */
export class RedisLink<Name extends string> {
  private readonly logger = new Logger('RedisLink');
  private readonly redis: Redis & Record<Name, RunScript>;
  private state: 'unknown' | 'up' | 'away' = 'unknown';

  /**
   * @param proof what must succeed before the connection counts as up: a server that may only be
   * read from does not.
   */
  constructor(
    url: string,
    scripts: Scripts<Name>,
    private readonly proof: Name,
  ) {
    const client = new Redis(url, {
      keyPrefix: KEY_PREFIX,
      connectTimeout: 1000,
      commandTimeout: ANSWER_WITHIN_MS,
      disconnectTimeout: ANSWER_WITHIN_MS,
      retryStrategy: () => RETRY_MS * (0.5 + Math.random()),
      // A command fails at once where it cannot be sent, and is never sent twice: it would count
      // twice.
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

  /** What the script answers; undefined where Redis is away. */
  async run(
    script: Name,
    keys: readonly string[],
    values: readonly number[] = [],
  ): Promise<readonly [number, number] | undefined> {
    if (!this.isUp) return undefined;
    try {
      return await this.evaluate(script, keys, values);
    } catch (error) {
      // Of many commands that fail at once, the first one is enough.
      if (this.isUp) this.drop(error);
      return undefined;
    }
  }

  close(): void {
    // As one closes it oneself, there is nothing to report.
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

  /** Lets go of a connection that does not do its work; the next one is tried soon. */
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
