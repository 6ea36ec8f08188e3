import { useState } from 'preact/hooks';
import type { Frame } from '../history/play.js';
import {
  type Action,
  type Actor,
  ACTORS,
  type History,
  isWait,
  MAX_STEPS,
  MOVES,
  type Step,
} from '../history/step.js';
import { ACTION_NAMES, ACTOR_NAMES } from '../words/actors.js';
import { durationInWords } from '../words/durations.js';
import { stepInWords } from '../words/frames.js';
import { OUTCOME_WORDS, toneOf } from '../words/outcomes.js';
import { Choice } from './choice.js';
import { ControlIcon, PersonIcon, ToneIcon } from './icons.js';

const WAITS = [1, 5, 60, 3600, 8 * 3600, 86_400, 7 * 86_400] as const;

interface HistoryEditorProps {
  readonly frames: readonly Frame[];
  readonly step: number;
  readonly isFree: boolean;
  readonly onStep: (step: number) => void;
  /** Takes another history, and how many of its steps are to be shown. */
  readonly onEdit: (history: History, step: number) => void;
  readonly onReset: () => void;
}

/** The steps of the history, to go to and to change. */
export function HistoryEditor({
  frames,
  step: shown,
  isFree,
  onStep,
  onEdit,
  onReset,
}: HistoryEditorProps) {
  const history = frames.flatMap(({ step }) => (step ? [step] : []));
  const remove = (index: number) =>
    onEdit(history.toSpliced(index - 1, 1), index <= shown ? shown - 1 : shown);
  const add = (step: Step) => onEdit(history.toSpliced(shown, 0, step), shown + 1);
  return (
    <section class="history" aria-labelledby="history">
      <h2 id="history">The history, step by step</h2>
      <ol>
        {frames.map((frame, index) => (
          <li key={index} class={index > shown ? 'later' : undefined}>
            <button
              type="button"
              class="step"
              aria-current={index === shown ? 'step' : undefined}
              onClick={() => onStep(index)}
            >
              <StepIcon step={frame.step} />
              <span class="text">{stepInWords(frame.step)}</span>
              <ToneMark frame={frame} />
            </button>
            {frame.step && (
              <button
                type="button"
                class="remove"
                aria-label={`Remove step ${index}: ${stepInWords(frame.step)}`}
                onClick={() => remove(index)}
              >
                <ControlIcon of="remove" />
              </button>
            )}
          </li>
        ))}
      </ol>
      {history.length < MAX_STEPS ? (
        <AddStep after={shown < history.length ? shown : undefined} onAdd={add} />
      ) : (
        <p class="by">A history has at most {MAX_STEPS} steps.</p>
      )}
      <div class="edit-all">
        <button type="button" onClick={() => onEdit([], 0)} disabled={history.length === 0}>
          Start empty
        </button>
        <button type="button" onClick={onReset} disabled={!isFree}>
          Back to the scenario
        </button>
      </div>
    </section>
  );
}

function ToneMark({ frame: { step, outcome } }: { readonly frame: Frame }) {
  if (!outcome || !step || isWait(step)) return null;
  const tone = toneOf(outcome, step.actor);
  return (
    <span class={`tone ${tone}`}>
      <ToneIcon tone={tone} />
      <span class="hidden">{OUTCOME_WORDS[outcome].label}</span>
    </span>
  );
}

function StepIcon({ step }: { readonly step: Frame['step'] }) {
  if (!step) return <PersonIcon of="browser" />;
  return 'waitSeconds' in step ? <ControlIcon of="clock" /> : <PersonIcon of={step.actor} />;
}

interface AddStepProps {
  /** The step that the new one follows; nothing at the end. */
  readonly after: number | undefined;
  readonly onAdd: (step: Step) => void;
}

function AddStep({ after, onAdd }: AddStepProps) {
  const [actor, setActor] = useState<Actor>('tabA');
  const [action, setAction] = useState<Action>('refresh');
  const [seconds, setSeconds] = useState<number>(3600);
  const chooseActor = (chosen: Actor) => {
    setActor(chosen);
    if (!MOVES[chosen].includes(action)) setAction(MOVES[chosen][0] as Action);
  };
  return (
    <div class="add">
      <h3>{after === undefined ? 'Add to the history' : `Add after step ${after}`}</h3>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onAdd({ actor, action });
        }}
      >
        <Choice label="Who" value={actor} onChoose={(chosen) => chooseActor(chosen as Actor)}>
          {ACTORS.map((each) => (
            <option key={each} value={each}>
              {ACTOR_NAMES[each]}
            </option>
          ))}
        </Choice>
        <Choice label="does what" value={action} onChoose={(chosen) => setAction(chosen as Action)}>
          {MOVES[actor].map((each) => (
            <option key={each} value={each}>
              {ACTION_NAMES[each]}
            </option>
          ))}
        </Choice>
        <button type="submit">Add step</button>
      </form>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onAdd({ waitSeconds: seconds });
        }}
      >
        <Choice
          label="Time that passes"
          value={seconds}
          onChoose={(chosen) => setSeconds(Number(chosen))}
        >
          {WAITS.map((each) => (
            <option key={each} value={each}>
              {durationInWords(each)}
            </option>
          ))}
        </Choice>
        <button type="submit">Add time</button>
      </form>
    </div>
  );
}
