interface Waiter {
  readonly kib: number;
  readonly go: () => void;
}

/**
 * Lets jobs run at the same time only while the memory that they need together stays within a limit.
 * The others wait in the order of their arrival.
 */
export class MemoryBudget {
  private usedKib = 0;
  private readonly waiting: Waiter[] = [];

  constructor(private readonly limitKib: number) {}

  /** @param kib at most the limit */
  async run<Result>(kib: number, job: () => Promise<Result>): Promise<Result> {
    await new Promise<void>((go) => {
      this.waiting.push({ kib, go });
      this.startNext();
    });
    try {
      return await job();
    } finally {
      this.usedKib -= kib;
      this.startNext();
    }
  }

  private startNext(): void {
    for (let [next] = this.waiting; next; [next] = this.waiting) {
      if (this.usedKib + next.kib > this.limitKib) return;
      this.waiting.shift();
      this.usedKib += next.kib;
      next.go();
    }
  }
}
