import { type AuthClient, type AuthClock } from '../../src/core/index.js';
import { type FakeClock } from '../../src/testing/index.js';

/**
 * A tab, or the process of an app, that may be killed at any moment and frozen for a while. All
 * that it waits for, timers, answers and storage, comes to it by `run`: later while it is frozen,
 * never once it is dead.
 */
export class Tab {
  isAlive = true;
  client: AuthClient;
  readonly clock: AuthClock;
  private readonly requests = new Set<AbortController>();
  private isFrozen = false;
  private backlog: (() => void)[] = [];

  /** @param dies whether it is killed at the step that it is just taking */
  constructor(
    readonly name: string,
    clock: FakeClock,
    private readonly dies: () => boolean,
    private readonly onDeath: () => void,
  ) {
    this.clock = {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      setTimer: (callback, milliseconds) => clock.setTimer(() => this.run(callback), milliseconds),
    };
  }

  get frozen(): boolean {
    return this.isFrozen;
  }

  run(callback: () => void): void {
    if (!this.isAlive) return;
    if (this.isFrozen) this.backlog.push(callback);
    else callback();
  }

  /**
   * Between what has happened outside and its being known here, which is where a kill hurts most.
   * Returns whether it lives on.
   */
  survives(): boolean {
    if (this.isAlive && this.dies()) this.kill();
    return this.isAlive;
  }

  kill(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.backlog = [];
    // As a browser gives up the requests of a tab that is gone.
    for (const request of this.requests) request.abort();
    this.onDeath();
  }

  freeze(): void {
    this.isFrozen = true;
  }

  thaw(): void {
    this.isFrozen = false;
    for (const callback of this.backlog.splice(0)) this.run(callback);
  }

  /** A request of this tab's. */
  send(fetch: typeof globalThis.fetch, url: string, init: RequestInit = {}): Promise<Response> {
    const request = new AbortController();
    this.requests.add(request);
    init.signal?.addEventListener('abort', () => request.abort(init.signal?.reason));
    const answer = fetch(url, { ...init, signal: request.signal });
    return this.learn(answer.finally(() => this.requests.delete(request)));
  }

  /** What `promise` comes to, as this tab gets to know it. */
  learn<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const tell = (callback: () => void) => this.run(() => this.survives() && callback());
      promise.then(
        (value) => tell(() => resolve(value)),
        (error: unknown) => tell(() => reject(toError(error))),
      );
    });
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
