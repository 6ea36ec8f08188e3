import { useEffect, useState } from 'preact/hooks';
import type { Frame } from '../history/play.js';
import { isWait } from '../history/step.js';
import { RULES } from '../rules/index.js';
import type { Rule } from '../rules/rule.js';
import { PARTY_NAMES } from '../words/actors.js';
import { elapsedInWords } from '../words/durations.js';
import { frameInWords } from '../words/frames.js';
import { OUTCOME_WORDS, toneOf } from '../words/outcomes.js';
import type { Tone } from '../words/verdicts.js';
import { Choice } from './choice.js';
import { ControlIcon, ToneIcon } from './icons.js';
import { Picture, PictureKey } from './picture.js';
import { SourceLinks } from './source-links.js';

const PLAY_EVERY_MS = 1800;

interface StageProps {
  readonly rule: Rule;
  readonly frames: readonly Frame[];
  readonly step: number;
  readonly onStep: (step: number) => void;
  readonly onRule: (id: string) => void;
}

/** The picture of the chain under one rule, step by step. */
export function Stage({ rule, frames, step, onStep, onRule }: StageProps) {
  const frame = frames[step] as Frame;
  return (
    <section class="stage" aria-label="The chain of tokens" tabIndex={-1}>
      <div class="rule">
        <Choice label="Rule in the picture" value={rule.id} onChoose={onRule}>
          {RULES.map(({ id, name, by }) => (
            <option key={id} value={id}>
              {name} ({by})
            </option>
          ))}
        </Choice>
        <p>
          {rule.summary} <SourceLinks rule={rule} />
        </p>
      </div>
      <Standing frame={frame} />
      <Picture frame={frame} step={step} />
      <Controls step={step} last={frames.length - 1} onStep={onStep} />
      <div class="told" role="status">
        <p class="sentence">{frameInWords(frame)}</p>
        <p class="why">
          <OutcomeMark frame={frame} />
          {explanationOf(rule, frame, frames.length === 1)}
        </p>
      </div>
      <PictureKey />
    </section>
  );
}

function explanationOf({ reasons }: Rule, { step, outcome }: Frame, isEmpty: boolean): string {
  if (outcome) return reasons[outcome] ?? OUTCOME_WORDS[outcome].meaning;
  if (step) return 'The server does not see this.';
  return isEmpty ? 'Add a step to the history below.' : 'Press “Next step”, or “Play”.';
}

function OutcomeMark({ frame: { step, outcome } }: { readonly frame: Frame }) {
  if (!outcome || !step || isWait(step)) return null;
  const tone = toneOf(outcome, step.actor);
  return (
    <strong class={`mark ${tone}`}>
      <ToneIcon tone={tone} /> {OUTCOME_WORDS[outcome].label}
    </strong>
  );
}

/** Who is signed in after this step. */
function Standing({ frame }: { readonly frame: Frame }) {
  const { signedOut, now } = frame;
  const out = signedOut.map((party) => PARTY_NAMES[party]).join(' and ');
  const thief = thiefInWords(frame);
  return (
    <ul class="standing" aria-label="After this step">
      <li class={signedOut.length > 0 ? 'bad' : 'good'}>
        <ToneIcon tone={signedOut.length > 0 ? 'bad' : 'good'} />
        {signedOut.length > 0 ? `Signed out: ${out}` : 'User is signed in'}
      </li>
      {thief && (
        <li class={thief.tone}>
          <ToneIcon tone={thief.tone} /> {thief.text}
        </li>
      )}
      <li class="time">
        <ControlIcon of="clock" /> {elapsedInWords(now)}
      </li>
    </ul>
  );
}

function thiefInWords({
  thief,
}: Frame): { readonly tone: Tone; readonly text: string } | undefined {
  switch (thief) {
    case 'absent':
      return undefined;
    case 'waiting':
      return { tone: 'alarm', text: 'Thief holds a token' };
    case 'in':
      return { tone: 'bad', text: 'Thief not noticed yet' };
    case 'refused':
      return { tone: 'good', text: 'Thief got nothing' };
    case 'out':
      return { tone: 'good', text: 'Thief is shut out' };
  }
}

interface ControlsProps {
  readonly step: number;
  readonly last: number;
  readonly onStep: (step: number) => void;
}

function Controls({ step, last, onStep }: ControlsProps) {
  const [isPlaying, setIsPlaying] = useState(false);
  useEffect(() => {
    if (!isPlaying) return;
    if (step >= last) return setIsPlaying(false);
    const timer = setTimeout(() => onStep(step + 1), PLAY_EVERY_MS);
    return () => clearTimeout(timer);
  }, [isPlaying, step, last, onStep]);
  const go = (to: number) => {
    setIsPlaying(false);
    onStep(to);
  };
  const togglePlay = () => {
    if (!isPlaying && step >= last) onStep(0);
    setIsPlaying(!isPlaying);
  };
  return (
    <div class="controls" role="group" aria-label="Steps">
      <button type="button" aria-label="First step" disabled={step === 0} onClick={() => go(0)}>
        <ControlIcon of="first" />
      </button>
      <button
        type="button"
        aria-label="Step back"
        disabled={step === 0}
        onClick={() => go(step - 1)}
      >
        <ControlIcon of="back" />
      </button>
      <button type="button" class="wide" disabled={last === 0} onClick={togglePlay}>
        <ControlIcon of={isPlaying ? 'pause' : 'play'} /> {isPlaying ? 'Pause' : 'Play'}
      </button>
      <button
        type="button"
        class="wide primary"
        disabled={step === last}
        onClick={() => go(step + 1)}
      >
        <ControlIcon of="next" /> Next step
      </button>
      <button
        type="button"
        aria-label="Last step"
        disabled={step === last}
        onClick={() => go(last)}
      >
        <ControlIcon of="last" />
      </button>
      <span class="count">
        {step} of {last}
      </span>
    </div>
  );
}
