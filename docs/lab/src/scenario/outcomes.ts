import type { Frame } from '../history/play.js';
import { isWait } from '../history/step.js';

/** The outcome of each step that presents a token, in order; `-` where it had none to present. */
export function outcomesOf(frames: readonly Frame[]): readonly string[] {
  return frames.filter(isPresentation).map(({ outcome }) => outcome ?? '-');
}

function isPresentation({ step }: Frame): boolean {
  return !!step && !isWait(step) && step.action.startsWith('refresh');
}
