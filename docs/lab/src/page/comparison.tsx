import type { Frame } from '../history/play.js';
import { isWait } from '../history/step.js';
import { verdictOf } from '../history/verdict.js';
import type { Rule } from '../rules/rule.js';
import { ACTOR_NAMES } from '../words/actors.js';
import { OUTCOME_WORDS, toneOf } from '../words/outcomes.js';
import { VERDICT_WORDS } from '../words/verdicts.js';
import { ToneIcon } from './icons.js';

interface ComparisonProps {
  readonly played: readonly { readonly rule: Rule; readonly frames: readonly Frame[] }[];
  readonly rule: Rule;
  readonly step: number;
  readonly onRule: (id: string) => void;
  /** Shows all rules, where only some are shown. */
  readonly onAll: (() => void) | undefined;
}

/** The same history under each rule: what it came to, and each refresh on the way. */
export function Comparison({ played, rule: chosen, step, onRule, onAll }: ComparisonProps) {
  return (
    <section class="comparison" aria-labelledby="comparison">
      <h2 id="comparison">The same history under each rule</h2>
      {onAll && (
        <p class="some">
          Only some rules are shown.{' '}
          <button type="button" class="link" onClick={onAll}>
            Show all rules
          </button>
        </p>
      )}
      <ul>
        {played.map(({ rule, frames }) => (
          <RuleRow
            key={rule.id}
            rule={rule}
            frames={frames}
            step={step}
            isChosen={rule === chosen}
            onRule={onRule}
          />
        ))}
      </ul>
    </section>
  );
}

/** Why the first refresh that went wrong did so, or the first one that was not as usual. */
function reasonOf({ reasons }: Rule, frames: readonly Frame[]): string | undefined {
  const outcomes = frames.flatMap(({ outcome }) => outcome ?? []);
  const decisive =
    outcomes.find((outcome) => OUTCOME_WORDS[outcome].tone !== 'good') ??
    outcomes.find((outcome) => outcome !== 'rotated');
  return decisive && reasons[decisive];
}

interface RuleRowProps {
  readonly rule: Rule;
  readonly frames: readonly Frame[];
  readonly step: number;
  readonly isChosen: boolean;
  readonly onRule: (id: string) => void;
}

function RuleRow({ rule, frames, step, isChosen, onRule }: RuleRowProps) {
  const verdict = verdictOf(frames.at(-1) as Frame);
  const { tone, label, sentence } = VERDICT_WORDS[verdict];
  return (
    <li class={isChosen ? 'row chosen' : 'row'} data-rule={rule.id} data-verdict={verdict}>
      <div class="row-head">
        <h3>
          <button
            type="button"
            class="link"
            aria-pressed={isChosen}
            onClick={() => onRule(rule.id)}
          >
            {rule.name}
          </button>
        </h3>
        <p class="by">{rule.by}</p>
      </div>
      <p class={`verdict ${tone}`}>
        <ToneIcon tone={tone} /> {label}
      </p>
      <p class="because">
        {sentence} {reasonOf(rule, frames)}
      </p>
      <ol class="outcomes" aria-label={`Refreshes under the rule ${rule.name}`}>
        {frames.map((frame, index) => (
          <OutcomeChip key={index} frame={frame} isNow={index === step} />
        ))}
      </ol>
    </li>
  );
}

function OutcomeChip({ frame, isNow }: { readonly frame: Frame; readonly isNow: boolean }) {
  const { step, outcome } = frame;
  if (!step || isWait(step) || !step.action.startsWith('refresh')) return null;
  const tone = outcome && toneOf(outcome, step.actor);
  return (
    <li
      class={`outcome ${tone ?? 'none'}`}
      data-outcome={outcome ?? '-'}
      aria-current={isNow ? 'step' : undefined}
    >
      <span class="who">{step.actor === 'renderer' ? 'Renderer' : ACTOR_NAMES[step.actor]}</span>
      <span class="what">
        {tone && <ToneIcon tone={tone} />} {outcome ? OUTCOME_WORDS[outcome].label : 'signed out'}
      </span>
    </li>
  );
}
