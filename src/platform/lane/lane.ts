/** Too many jobs wait already. */
export class LaneFullError extends Error {
  constructor() {
    super('Too much waits already.');
  }
}

interface Waiter {
  readonly go: () => void;
  readonly refuse: (error: LaneFullError) => void;
}

/**
 * Lets so many jobs run at once, and so many wait. More are refused: what is slow must not pile up
 * without an end.
 *
 * Jobs may be of several parties, which take turns. Where the lane is full, a party that has less
 * than another one takes the place of the other's last job: nobody fills it for all.
 */
export class Lane {
  private running = 0;
  private waitingJobs = 0;
  /** By party, in the order of their turns. */
  private readonly waiting = new Map<string, Waiter[]>();

  constructor(private readonly limits: { readonly atOnce: number; readonly waiting: number }) {}

  get runningCount(): number {
    return this.running;
  }

  get waitingCount(): number {
    return this.waitingJobs;
  }

  /** @throws LaneFullError */
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
    if (this.waitingJobs >= this.limits.waiting) this.makeRoomFor(party);
    await new Promise<void>((go, refuse) => this.add(party, { go, refuse }));
  }

  private add(party: string, waiter: Waiter): void {
    this.waiting.set(party, [...(this.waiting.get(party) ?? []), waiter]);
    this.waitingJobs++;
  }

  /** Two parties that differ by one job would only push each other out. */
  private makeRoomFor(party: string): void {
    const own = this.waiting.get(party)?.length ?? 0;
    const [largest, jobs] = [...this.waiting].reduce(
      (one, other) => (other[1].length > one[1].length ? other : one),
      ['', []],
    );
    if (jobs.length <= own + 1) throw new LaneFullError();
    this.waiting.set(largest, jobs.slice(0, -1));
    this.waitingJobs--;
    jobs.at(-1)?.refuse(new LaneFullError());
  }

  /** Whoever waits takes the place over. */
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
