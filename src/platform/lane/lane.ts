/**
 * Lets so many jobs run at once, and so many wait. More are refused: what is slow must not pile up
 * without an end.
 */
export class Lane {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly limits: { readonly atOnce: number; readonly waiting: number }) {}

  get runningCount(): number {
    return this.running;
  }

  get waitingCount(): number {
    return this.waiting.length;
  }

  /** True where the next job would be refused. */
  get isFull(): boolean {
    return this.running >= this.limits.atOnce && this.waiting.length >= this.limits.waiting;
  }

  async run<Result>(job: () => Promise<Result>): Promise<Result> {
    await this.enter();
    try {
      return await job();
    } finally {
      this.leave();
    }
  }

  private async enter(): Promise<void> {
    if (this.isFull) throw new Error('Too much waits already.');
    if (this.running < this.limits.atOnce) this.running++;
    else await new Promise<void>((go) => this.waiting.push(go));
  }

  /** Whoever waits takes the place over. */
  private leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.running--;
  }
}
