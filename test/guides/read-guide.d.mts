export interface Step {
  readonly kind: 'browse' | 'file' | 'keep-running' | 'run' | 'skip';
  readonly line: number;
  readonly path?: string;
  readonly text?: string;
  readonly script?: string;
  readonly prints?: string;
  readonly sentences?: readonly string[];
}

export function readGuide(markdown: string): Step[];
export function patternOf(expected: string): string;
