/** Too many jobs are waiting already. */
export class QueueFullError extends Error {
  constructor() {
    super('Too many jobs are waiting already.');
  }
}

interface Waiter {
  readonly go: () => void;
  readonly reject: (error: QueueFullError) => void;
}

/**
 * Runs at most `atOnce` jobs at the same time, and keeps at most `waiting` others in a queue. Any
 * further job is rejected, so slow work cannot pile up without limit.
 *
 * Each job belongs to a party, and the parties take turns. When the queue is full, a job of a party
 * with few waiting jobs replaces the last job of the party with the most, so one party alone cannot
 * fill the queue.
 */
export class BoundedQueue {
  private running = 0;
  private waitingJobs = 0;
  /** Waiting jobs by party; the party whose turn is next comes first. */
  private readonly waiting = new Map<string, Waiter[]>();

  constructor(private readonly limits: { readonly atOnce: number; readonly waiting: number }) {}

  get runningCount(): number {
    return this.running;
  }

  get waitingCount(): number {
    return this.waitingJobs;
  }

  /** @throws QueueFullError when the queue is full, or when another party displaces this job */
  async run<Result>(job: () => Promise<Result>, party = ''): Promise<Result> {
    await this.enter(party);
    try {
      return await job();
    } finally {
      this.leave();
    }
  }

  private async enter(party: string): Promise<void> {
    if (this.running < this.limits.atOnce) {
      this.running++;
      return;
    }
    if (this.waitingJobs >= this.limits.waiting) this.displaceFor(party);
    await new Promise<void>((go, reject) => this.add(party, { go, reject }));
  }

  private add(party: string, waiter: Waiter): void {
    this.waiting.set(party, [...(this.waiting.get(party) ?? []), waiter]);
    this.waitingJobs++;
  }

  /** The difference must be two jobs or more: otherwise two parties would displace each other. */
  private displaceFor(party: string): void {
    const own = this.waiting.get(party)?.length ?? 0;
    const [largest, jobs] = [...this.waiting].reduce(
      (one, other) => (other[1].length > one[1].length ? other : one),
      ['', []],
    );
    if (jobs.length <= own + 1) throw new QueueFullError();
    this.waiting.set(largest, jobs.slice(0, -1));
    this.waitingJobs--;
    jobs.at(-1)?.reject(new QueueFullError());
  }

  /** Starts the next waiting job, if there is one. */
  private leave(): void {
    const [turn] = this.waiting;
    if (!turn) {
      this.running--;
      return;
    }
    const [party, [next, ...others]] = turn;
    this.waiting.delete(party);
    if (others.length > 0) this.waiting.set(party, others);
    this.waitingJobs--;
    next?.go();
  }
}
