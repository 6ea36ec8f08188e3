/**
 * Tells all that runs when it must stop. An AbortSignal would do so, too, but Node warns of many
 * listeners on one.
 */
export class Closing {
  private readonly callbacks = new Set<() => void>();
  private isOver = false;

  get isClosed(): boolean {
    return this.isOver;
  }

  /** @returns to be called once there is nothing left to stop */
  onClose(callback: () => void): () => void {
    this.callbacks.add(callback);
    return () => void this.callbacks.delete(callback);
  }

  close(): void {
    this.isOver = true;
    for (const callback of this.callbacks) callback();
    this.callbacks.clear();
  }
}
