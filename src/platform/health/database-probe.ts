import { Injectable } from '@nestjs/common';
import { Stopwatch } from '../clock/index.js';
import { Statements, type Statement } from '../database/index.js';

const READY: Statement = { name: 'ready', text: 'SELECT 1' };

/** How long the result of a check is used for later probes. */
const GOOD_FOR_MS = 1000;

/**
 * Checks whether the database responds, at most once a second for all probes: otherwise anybody
 * could occupy the whole pool with probes.
 */
@Injectable()
export class DatabaseProbe {
  private response: Promise<unknown> | undefined;
  private completed: Stopwatch | undefined;

  constructor(private readonly statements: Statements) {}

  /** @throws if the last check, which is at most a second old, failed */
  async check(): Promise<void> {
    if (!this.response || (this.completed && this.completed.elapsedMs() >= GOOD_FOR_MS)) {
      this.completed = undefined;
      this.response = this.statements
        .run(READY, [])
        .finally(() => (this.completed = new Stopwatch()));
    }
    await this.response;
  }
}
