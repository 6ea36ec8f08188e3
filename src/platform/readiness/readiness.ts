import { Injectable } from '@nestjs/common';

/** What a part of the application says of itself. */
export interface PartStatus {
  readonly isReady: boolean;
  /** One word for the answer of `/health/ready`. */
  readonly state: string;
}

/**
 * Whether this instance should be sent requests. Parts of the application have their say in it by
 * `register`.
 */
@Injectable()
export class Readiness {
  private readonly parts = new Map<string, () => PartStatus>();
  private draining = false;

  register(name: string, status: () => PartStatus): void {
    this.parts.set(name, status);
  }

  /** From now on requests are still served, and balancers are told to send no more. */
  drain(): void {
    this.draining = true;
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
