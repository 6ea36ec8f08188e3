import { Clock } from './clock.js';

/** A clock that tests move forward, together with the database's time in statements. */
export class TestClock extends Clock {
  override offsetMs = 0;

  advance({ seconds = 0, minutes = 0, hours = 0, days = 0 }): void {
    this.offsetMs += (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
  }
}
