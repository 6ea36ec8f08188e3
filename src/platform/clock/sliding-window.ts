/**
 * Keeps the recent values of each key, in the memory of this process. It is bounded: beyond
 * `maxKeys` it drops the key that was not used for longest, beyond `maxPerKey` the oldest value.
 */
export class SlidingWindow<Value> {
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
   * Adds a value; returns the earlier values of its key that are still inside the window. `nowMs` is
   * `Clock.monotonicMs`, so that a jump of the system clock changes nothing.
   */
  add(key: string, value: Value, nowMs: number): readonly Value[] {
    const earlier = (this.entries.get(key) ?? []).filter(
      ({ atMs }) => nowMs < atMs + this.limits.windowMs,
    );
    // A map keeps the order of insertion: the key that was not used for longest is first.
    this.entries.delete(key);
    this.entries.set(key, [...earlier, { value, atMs: nowMs }].slice(-this.limits.maxPerKey));
    const [oldestKey] = this.entries.keys();
    if (this.entries.size > this.limits.maxKeys && oldestKey !== undefined)
      this.entries.delete(oldestKey);
    return earlier.map((entry) => entry.value);
  }
}
