/** What was measured, and where. Each value comes from a script; none is typed by hand. */
export interface Measurement {
  /** When it ended, in ISO 8601, UTC. */
  readonly measuredAt: string;
  /** The commit that was checked out; with `+` if files had been changed since. */
  readonly commit: string;
  readonly machine: Machine;
  /** How long it took. */
  readonly seconds: number;
  /** The 1-minute load average at the start, which says whether the machine was quiet. */
  readonly loadAtStart: number;
  readonly values: unknown;
}

export interface Machine {
  readonly processors: number;
  readonly model: string;
  readonly memoryGiB: number;
  readonly node: string;
  readonly postgres: string;
}

/** By the name of the part; a part that was never measured is missing. */
export type Evidence = Readonly<Record<string, Measurement>>;

/** The page of what was measured. It depends on nothing but its argument. */
export function evidencePage(evidence: Evidence): string;

/** The parts of the page, in its order. */
export const PARTS: readonly { readonly name: string; readonly title: string }[];
