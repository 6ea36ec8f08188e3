import { parseScenario, type Scenario } from '../scenario/scenario.js';

const files = import.meta.glob<unknown>('../../scenarios/*.json', {
  eager: true,
  import: 'default',
});

/** All files of the folder `scenarios`, in their order. */
export const SCENARIOS: readonly Scenario[] = Object.entries(files)
  .map(([path, content]) => parseScenario(/([^/]+)[.]json$/.exec(path)?.[1] ?? path, content))
  .sort((a, b) => a.order - b.order);

/** The scenario with this id, which must be one of them. */
export function scenarioById(id: string): Scenario {
  const scenario = SCENARIOS.find((candidate) => candidate.id === id);
  if (!scenario) throw new Error(`There is no scenario ${id}.`);
  return scenario;
}
