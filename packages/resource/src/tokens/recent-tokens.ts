/**
 * Values by the text of a token, in two generations: when the younger one is full, it becomes the
 * older one, whose tokens are forgotten unless they are used again. As good as a list of recent uses
 * here, and one look-up for a token that is in use.
 */
export class RecentTokens<Value> {
  private younger = new Map<string, Value>();
  private older = new Map<string, Value>();

  /** @param maxTokens of both generations */
  constructor(private readonly maxTokens: number) {}

  get(token: string): Value | undefined {
    const value = this.younger.get(token);
    if (value !== undefined) return value;
    const old = this.older.get(token);
    if (old !== undefined) this.set(token, old);
    return old;
  }

  set(token: string, value: Value): void {
    if (this.younger.size >= this.maxTokens / 2) {
      this.older = this.younger;
      this.younger = new Map();
    }
    this.younger.set(token, value);
  }
}
