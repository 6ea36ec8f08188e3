import type { View } from '../link/fragment.js';
import type { Group } from '../scenario/scenario.js';
import { Choice } from './choice.js';
import { SCENARIOS } from './scenarios.js';

const GROUP_NAMES: Readonly<Record<Group, string>> = {
  accidents: 'Nobody did anything wrong',
  copies: 'Copies of one’s own',
  thieves: 'Thieves',
  limits: 'What rotation cannot see',
};

const BY_GROUP = Object.entries(GROUP_NAMES).map(([group, name]) => ({
  name,
  scenarios: SCENARIOS.filter((scenario) => scenario.group === group),
}));

interface ScenarioListProps {
  readonly view: View;
  readonly onChoose: (id: string) => void;
}

/** All scenarios: a list beside the picture, and where there is no room for it, a select. */
export function ScenarioList({ view, onChoose }: ScenarioListProps) {
  return (
    <nav class="scenarios" aria-label="Scenarios">
      <Choice label="Scenario" value={view.scenario} onChoose={onChoose}>
        {BY_GROUP.map(({ name, scenarios }) => (
          <optgroup key={name} label={name}>
            {scenarios.map(({ id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </optgroup>
        ))}
      </Choice>
      <div class="list">
        {BY_GROUP.map(({ name, scenarios }) => (
          <section key={name}>
            <h2>{name}</h2>
            <ul>
              {scenarios.map(({ id, title }) => (
                <li key={id}>
                  <button
                    type="button"
                    aria-current={id === view.scenario ? 'page' : undefined}
                    onClick={() => onChoose(id)}
                  >
                    {title}
                  </button>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </nav>
  );
}
