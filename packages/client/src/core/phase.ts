/** What is known of the session. */
export type Phase =
  /** Nothing yet. */
  | 'loading'
  /** It cannot be read just now, and is read again after a while. */
  | 'locked'
  /** The person has declined to unlock it, and is asked again when the application asks. */
  | 'declined'
  | 'open'
  | 'disposed';

/** It was read, or cannot be read, or the application asks for it. */
export type PhaseEvent = 'open' | 'locked' | 'declined' | 'asked';

export function nextPhase(phase: Phase, event: PhaseEvent): Phase {
  if (phase === 'disposed') return phase;
  if (event !== 'asked') return event;
  return phase === 'declined' ? 'locked' : phase;
}
