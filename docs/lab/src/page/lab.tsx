import { useEffect, useMemo, useRef } from 'preact/hooks';
import { play } from '../history/play.js';
import type { History } from '../history/step.js';
import type { View } from '../link/fragment.js';
import { ruleById, RULES } from '../rules/index.js';
import type { Rule } from '../rules/rule.js';
import type { Scenario } from '../scenario/scenario.js';
import { TOUR } from '../tour/tour.js';
import { Comparison } from './comparison.js';
import { HistoryEditor } from './history-editor.js';
import { ScenarioList } from './scenario-list.js';
import { scenarioById } from './scenarios.js';
import { Stage } from './stage.js';
import { ThemeSwitch } from './theme.js';
import { TourPanel } from './tour-panel.js';
import { useView } from './use-view.js';

/** The whole page. What it shows is in the fragment of the URL, and nowhere else. */
export function Lab() {
  const { view, problems, show } = useView();
  const scenario = scenarioById(view.scenario);
  const history = view.history ?? scenario.steps;
  const step = Math.min(view.step ?? history.length, history.length);
  const rules = RULES.filter(({ id }) => view.only?.includes(id) ?? true);
  const played = useMemo(
    () => RULES.map((rule) => ({ rule, frames: play(history, rule) })),
    [history],
  );
  const rule = ruleById(view.rule) as Rule;
  const frames = played.find((each) => each.rule === rule)?.frames ?? [];
  const shown = played.filter((each) => rules.includes(each.rule));
  const showStep = (next: number) => show({ ...view, step: next });
  const showRule = (id: string) => show({ ...view, rule: id });
  const edit = (edited: History, shownStep: number) => {
    const isAtEnd = shownStep === edited.length;
    // The first change can be undone by the back button.
    show(
      { ...view, history: edited, step: isAtEnd ? undefined : shownStep },
      view.history === undefined,
    );
  };
  const showScenario = (id: string) => show({ scenario: id, rule: view.rule }, true);
  const stage = useFocusOnTour(view.tour);

  return (
    <>
      <a class="skip" href="#history" onClick={skipTo('stage')}>
        Skip to the picture
      </a>
      <header class="top">
        <div>
          <p class="brand">Evergreen</p>
          <h1>The laboratory of rotation</h1>
          <p class="lead">
            Refresh tokens that change with each use can reveal a thief. Most rules for them also
            sign out people who did nothing wrong. Play the same history under several published
            rules, and see why.
          </p>
        </div>
        <div class="top-actions">
          <ThemeSwitch />
          <button class="primary" type="button" onClick={() => show(tourView(1), true)}>
            Take the tour, 5 minutes
          </button>
        </div>
      </header>
      {problems.length > 0 && (
        <p class="problem" role="alert">
          A part of this link was not understood, and was left out: {problems.join('; ')}.
        </p>
      )}
      <div class="columns">
        <ScenarioList view={view} onChoose={showScenario} />
        <main ref={stage} tabIndex={-1}>
          {view.tour === undefined ? (
            <Story scenario={scenario} isFree={view.history !== undefined} />
          ) : (
            <TourPanel
              number={view.tour}
              onGo={(number) => show(tourView(number), true)}
              onEnd={() => show({ ...view, tour: undefined })}
            />
          )}
          <Stage rule={rule} frames={frames} step={step} onStep={showStep} onRule={showRule} />
          <div class="two">
            <Comparison
              played={shown}
              rule={rule}
              step={step}
              onRule={showRule}
              onAll={view.only && (() => show({ ...view, only: undefined }))}
            />
            <HistoryEditor
              frames={frames}
              step={step}
              isFree={view.history !== undefined}
              onStep={showStep}
              onEdit={edit}
              onReset={() => show({ ...view, history: undefined, step: undefined })}
            />
          </div>
        </main>
      </div>
      <footer class="bottom">
        <p>
          Evergreen’s own rule is not drawn here: this page runs the function that its server runs.
          The rules of others are written after their published sources, which are linked; a rule
          without such a source is not shown. No rule lets tokens expire here, and every client is
          careful in the same way.
        </p>
      </footer>
    </>
  );
}

interface StoryProps {
  readonly scenario: Scenario;
  readonly isFree: boolean;
}

/** What the history is about. The tour tells it in its own words. */
function Story({ scenario: { title, explanation }, isFree }: StoryProps) {
  return (
    <section class="story" aria-labelledby="story">
      <h2 id="story">{isFree ? 'Your own history' : title}</h2>
      <p>
        {isFree
          ? `It began as “${title}”. Add or remove steps below; the link to it is in the address bar.`
          : explanation}
      </p>
    </section>
  );
}

function tourView(number: number): View {
  const { view } = TOUR[number - 1] as (typeof TOUR)[number];
  return { ...view, tour: number };
}

/** Brings the tour into view when it begins or goes on, for those who do not see it, too. */
function useFocusOnTour(tour: number | undefined) {
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    if (tour !== undefined) main.current?.querySelector<HTMLElement>('.tour h2')?.focus();
  }, [tour]);
  return main;
}

/** Moves the focus without a change of the fragment, which holds the view. */
function skipTo(className: string) {
  return (event: Event) => {
    event.preventDefault();
    document.querySelector<HTMLElement>(`.${className}`)?.focus();
  };
}
