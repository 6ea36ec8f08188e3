import { Injectable } from '@nestjs/common';
import { Stopwatch } from '../clock/index.js';
import { Statements, type Statement } from '../database/index.js';

const READY: Statement = { name: 'ready', text: 'SELECT 1' };

/** For how long an answer of the database counts for those who come later. */
const GOOD_FOR_MS = 1000;

/**
 * Asks the database whether it answers, once a second, whoever wants to know: without it, anybody
 * could have every connection of the pool waited for by probes alone.
 */
@Injectable()
export class DatabaseProbe {
  private answer: Promise<unknown> | undefined;
  private answered: Stopwatch | undefined;

  constructor(private readonly statements: Statements) {}

  /** @throws where the database did not answer within seconds, now or a second ago */
  async ask(): Promise<void> {
    if (!this.answer || (this.answered && this.answered.elapsedMs() >= GOOD_FOR_MS)) {
      this.answered = undefined;
      this.answer = this.statements.run(READY, []).finally(() => (this.answered = new Stopwatch()));
    }
    await this.answer;
  }
}
