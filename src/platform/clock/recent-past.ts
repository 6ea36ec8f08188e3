/**
 * Remembers what happened lately, key by key, in this process alone. It holds so much and no more,
 * whatever strangers do.
 */
export class RecentPast<Value> {
  private readonly entries = new Map<
    string,
    readonly { readonly value: Value; readonly atMs: number }[]
  >();

  constructor(
    private readonly limits: {
      readonly windowMs: number;
      readonly maxKeys: number;
      readonly maxPerKey: number;
    },
  ) {}

  /**
   * Remembers one more value; returns what was remembered under its key before, within the window.
   * `nowMs` is `Clock.monotonicMs`, so that no jump of a calendar empties the window or holds it
   * open.
   */
  add(key: string, value: Value, nowMs: number): readonly Value[] {
    const earlier = (this.entries.get(key) ?? []).filter(
      ({ atMs }) => nowMs < atMs + this.limits.windowMs,
    );
    // A map keeps the order of insertion: what was not heard of for longest is first.
    this.entries.delete(key);
    this.entries.set(key, [...earlier, { value, atMs: nowMs }].slice(-this.limits.maxPerKey));
    const [oldestKey] = this.entries.keys();
    if (this.entries.size > this.limits.maxKeys && oldestKey !== undefined)
      this.entries.delete(oldestKey);
    return earlier.map((entry) => entry.value);
  }
}
