import { nextPhase, type Phase, type PhaseEvent } from './phase.js';

describe('nextPhase', () => {
  it.each<[Phase, PhaseEvent, Phase]>([
    ['loading', 'open', 'open'],
    ['loading', 'locked', 'locked'],
    ['locked', 'declined', 'declined'],
    ['open', 'locked', 'locked'],
    ['declined', 'asked', 'locked'],
    ['locked', 'asked', 'locked'],
    ['open', 'asked', 'open'],
    ['loading', 'asked', 'loading'],
  ])('after %s and %s is %s', (phase, event, expected) => {
    expect(nextPhase(phase, event)).toBe(expected);
  });

  it.each<PhaseEvent>(['open', 'locked', 'declined', 'asked'])(
    'stays disposed, whatever happens: %s',
    (event) => {
      expect(nextPhase('disposed', event)).toBe('disposed');
    },
  );
});
