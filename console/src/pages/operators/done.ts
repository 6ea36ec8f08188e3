import type { TextKey } from '../../texts/en.js';

/** What an action of the operator has done. */
export interface Done {
  readonly kind: 'success' | 'error';
  readonly text: TextKey;
  /** In place of `{count}`. */
  readonly count?: number;
}
