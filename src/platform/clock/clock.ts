import { Injectable } from '@nestjs/common';

/** The one source of time, so that tests can move it. Inject it by this class. */
@Injectable()
export class Clock {
  /** What a test has added to the time, here and in the database; 0 in real life. */
  readonly offsetMs: number = 0;

  /** Now, in epoch milliseconds, by this process's own clock. */
  nowMs(): number {
    return Date.now() + this.offsetMs;
  }
}
