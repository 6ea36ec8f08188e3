import { parseScenario } from './scenario.js';

const GOOD = {
  title: 'A title',
  group: 'thieves',
  order: 1,
  explanation: 'An explanation.',
  steps: [{ actor: 'tabA', action: 'refresh' }, { wait: 60 }],
  expect: { evergreen: { outcomes: ['rotated'], verdict: 'kept' } },
};

describe('parseScenario', () => {
  it('reads steps and waits', () => {
    expect(parseScenario('id', GOOD).steps).toEqual([
      { actor: 'tabA', action: 'refresh' },
      { waitSeconds: 60 },
    ]);
  });

  it.each([
    ['no object', null],
    ['another group', { ...GOOD, group: 'others' }],
    ['no order', { ...GOOD, order: undefined }],
    ['no title', { ...GOOD, title: '' }],
    ['no steps', { ...GOOD, steps: [] }],
    ['a step of nobody', { ...GOOD, steps: [{ actor: 'nobody', action: 'refresh' }] }],
    [
      'a step that the actor cannot do',
      { ...GOOD, steps: [{ actor: 'renderer', action: 'refresh' }] },
    ],
    ['a wait of nothing', { ...GOOD, steps: [{ wait: 0 }] }],
    ['no list of outcomes', { ...GOOD, expect: { evergreen: { verdict: 'kept' } } }],
    ['another verdict', { ...GOOD, expect: { evergreen: { outcomes: [], verdict: 'fine' } } }],
  ])('refuses a file with %s', (_what, content) => {
    expect(() => parseScenario('id', content)).toThrow(/^id/);
  });
});
