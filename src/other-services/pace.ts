/** When work that is done again and again may be done next, so that it takes a share of the time. */
export class Pace {
  private notBeforeMs = -Infinity;

  /** @param share of the time, at most, such as 0.2 */
  constructor(private readonly share: number) {}

  /** The work was done from `beginMs` to `endMs`. */
  note(beginMs: number, endMs: number): void {
    this.notBeforeMs = endMs + (endMs - beginMs) * (1 / this.share - 1);
  }

  /** How long to wait before it is done again; 0 if it may be done at once. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.notBeforeMs - nowMs);
  }
}
