import fc from 'fast-check';
import { ACTORS, MAX_STEPS, MAX_WAIT_SECONDS, MOVES } from '../history/step.js';
import { decodeFragment, encodeFragment, type View } from './fragment.js';

const KNOWN = { scenarios: ['two-tabs', 'lost-answer'], rules: ['ours', 'theirs'], tourSteps: 7 };
const FIRST: View = { scenario: 'lost-answer', rule: 'ours' };

const move = fc
  .constantFrom(...ACTORS.flatMap((actor) => MOVES[actor].map((action) => ({ actor, action }))))
  .map((step) => ({ ...step }));
const wait = fc.integer({ min: 1, max: MAX_WAIT_SECONDS }).map((waitSeconds) => ({ waitSeconds }));
const view: fc.Arbitrary<View> = fc.record(
  {
    scenario: fc.constantFrom(...KNOWN.scenarios),
    history: fc.array(fc.oneof(move, wait), { maxLength: MAX_STEPS }),
    rule: fc.constantFrom(...KNOWN.rules),
    only: fc.uniqueArray(fc.constantFrom(...KNOWN.rules), { minLength: 1 }),
    step: fc.integer({ min: 0, max: MAX_STEPS }),
    tour: fc.integer({ min: 1, max: KNOWN.tourSteps }),
  },
  { requiredKeys: ['scenario', 'rule'] },
);

describe('decodeFragment', () => {
  const decode = (fragment: string) => decodeFragment(fragment, FIRST, KNOWN);

  it('gives back every view that was encoded', () => {
    fc.assert(
      fc.property(view, (wanted) => {
        const { view: got, problems } = decode(`#${encodeFragment(wanted)}`);
        expect(got).toEqual(wanted);
        expect(problems).toEqual([]);
      }),
    );
  });

  it('encodes into characters that need no escaping in a link', () => {
    fc.assert(fc.property(view, (wanted) => /^[\w.,&=-]+$/.test(encodeFragment(wanted))));
  });

  it('never throws, whatever it is given, and gives a view that can be shown', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string().map((text) => `scenario=${text}&step=${text}&history=${text}`),
    );
    fc.assert(
      fc.property(hostile, (fragment) => {
        const { view: got } = decode(fragment);
        expect(KNOWN.scenarios).toContain(got.scenario);
        expect(KNOWN.rules).toContain(got.rule);
        expect(decode(encodeFragment(got)).view).toEqual(got);
      }),
    );
  });

  it('shows the first view where the fragment is empty', () => {
    expect(decode('')).toEqual({ view: FIRST, problems: [] });
    expect(decode('#')).toEqual({ view: FIRST, problems: [] });
  });

  it.each([
    ['#scenario=nothing', 'scenario'],
    ['#scenario=__proto__', 'scenario'],
    ['#rule=constructor', 'rule'],
    ['#only=ours,ours', 'only'],
    ['#only=', 'only'],
    ['#step=-1', 'step'],
    [`#step=${MAX_STEPS + 1}`, 'step'],
    ['#step=1e1', 'step'],
    ['#tour=0', 'tour'],
    ['#tour=8', 'tour'],
    ['#history=Rr', 'history'],
    ['#history=Ar..Ar', 'history'],
    ['#history=w0', 'history'],
    ['#history=w01', 'history'],
    [`#history=w${MAX_WAIT_SECONDS + 1}`, 'history'],
    [
      `#history=${Array(MAX_STEPS + 1)
        .fill('Ar')
        .join('.')}`,
      'history',
    ],
  ])('leaves out what makes no sense in %s', (fragment, part) => {
    expect(decode(fragment)).toEqual({ view: FIRST, problems: [`“${part}” makes no sense`] });
  });

  it('takes the rest of a fragment of which one part makes no sense', () => {
    expect(decode('#scenario=two-tabs&step=x&rule=theirs')).toEqual({
      view: { scenario: 'two-tabs', rule: 'theirs' },
      problems: ['“step” makes no sense'],
    });
  });

  it.each(['#<script>alert(1)</script>', '#%00', '#x'])('refuses the other form %s', (fragment) => {
    expect(decode(fragment)).toEqual({ view: FIRST, problems: ['it is of another form'] });
  });

  it('refuses what is too long before it reads it', () => {
    expect(decode(`#scenario=${'a'.repeat(5000)}`).problems).toEqual(['it is too long']);
  });
});
