import type { ServerResponse } from 'node:http';

/** More than this does not wait for a listener that does not read. */
const MAX_WAITING_BYTES = 1024 * 1024;

/** How long a listener may read nothing of its snapshot. */
const PROGRESS_WITHIN_MS = 10_000;

/** A response that has ended, but is not taken by its client, is cut after this time. */
const END_WITHIN_MS = 1000;

/** Why the connection of a listener was cut. */
export const CUT_REASONS = ['too_slow', 'no_progress', 'failed'] as const;
export type CutReason = (typeof CUT_REASONS)[number];

/** The stream of one listener. */
export class FeedListener {
  private catchingUpFrom: string | undefined = '';
  private resumed = false;
  private cutBy: CutReason | undefined;

  /**
   * @param startedAtMs when its request was received, by the monotonic clock
   */
  constructor(
    readonly service: string,
    readonly startedAtMs: number,
    private readonly response: ServerResponse,
  ) {
    // An error of the connection follows its end, which is all that counts.
    response.on('error', () => undefined);
  }

  /**
   * Until the snapshot is complete: the mark up to which the listener has everything; empty if it
   * has nothing. Undefined afterwards.
   */
  get catchingUp(): string | undefined {
    return this.catchingUpFrom;
  }

  get isOpen(): boolean {
    return !this.response.destroyed && !this.response.writableEnded;
  }

  /** It has not begun anew, so it relies on the server of the database that it resumed from. */
  get hasResumed(): boolean {
    return this.resumed;
  }

  /** Set if the connection was cut, and why. */
  get wasCutBy(): CutReason | undefined {
    return this.cutBy;
  }

  /** Nothing can be sent any more. A pipelined response that never had a connection says no `close`. */
  get isGone(): boolean {
    return this.response.destroyed || this.response.closed;
  }

  onClose(closed: () => void): void {
    this.response.once('close', closed);
  }

  /** The listener is complete up to this mark; empty if it begins anew. */
  catchUpFrom(mark: string): void {
    this.catchingUpFrom = mark;
    this.resumed = mark !== '';
  }

  /** From now on the listener is complete up to the marks of the feed. */
  completeSnapshot(): void {
    this.catchingUpFrom = undefined;
  }

  /** Sends it, or cuts the connection if too much is waiting already. */
  write(chunk: string | Buffer): void {
    if (!this.isOpen) return;
    if (this.response.writableLength > MAX_WAITING_BYTES) this.cut('too_slow');
    else this.response.write(chunk);
  }

  /** Resolves when little is waiting; cuts the connection if nothing is read for 10 s. */
  async drained(): Promise<void> {
    if (!this.isOpen || !this.response.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      const tooLate = setTimeout(() => this.cut('no_progress'), PROGRESS_WITHIN_MS).unref();
      const done = () => {
        clearTimeout(tooLate);
        this.response.off('drain', done).off('close', done);
        resolve();
      };
      this.response.once('drain', done).once('close', done);
    });
  }

  cut(reason: CutReason): void {
    if (this.response.destroyed) return;
    this.cutBy = reason;
    this.response.destroy();
  }

  /** Ends the response; a client that does not take the rest delays nothing. */
  end(): void {
    if (!this.isOpen) return;
    this.response.end();
    setTimeout(() => this.response.destroy(), END_WITHIN_MS).unref();
  }
}
