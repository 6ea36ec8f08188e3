import { Injectable } from '@nestjs/common';

/** The state of a part of the application. */
export interface PartStatus {
  readonly isReady: boolean;
  /** One word for the response of `/health/ready`. */
  readonly state: string;
}

/**
 * Whether balancers should send requests to this instance. Parts of the application add their state
 * with `register`.
 */
@Injectable()
export class Readiness {
  private readonly parts = new Map<string, () => PartStatus>();
  private draining = false;
  private readonly drainHooks: (() => void)[] = [];

  register(name: string, status: () => PartStatus): void {
    this.parts.set(name, status);
  }

  /** From now on, requests are still served, and `/health/ready` is 503. */
  drain(): void {
    this.draining = true;
    for (const hook of this.drainHooks) hook();
  }

  /** Calls back when `drain` is called, for responses that would not end by themselves. */
  onDrain(hook: () => void): void {
    this.drainHooks.push(hook);
  }

  get isDraining(): boolean {
    return this.draining;
  }

  get isReady(): boolean {
    return !this.draining && [...this.parts.values()].every((status) => status().isReady);
  }

  /** The state of every part, by its name. */
  get states(): Record<string, string> {
    return Object.fromEntries([...this.parts].map(([name, status]) => [name, status().state]));
  }
}
