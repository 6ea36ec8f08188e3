import { type History, isStep, isWaitSeconds, MAX_STEPS, type Step } from '../history/step.js';
import { type Verdict, VERDICTS } from '../history/verdict.js';

/** The headings under which the page lists scenarios. */
export const GROUPS = ['accidents', 'copies', 'thieves', 'limits'] as const;
export type Group = (typeof GROUPS)[number];

/** What is expected under one rule. */
export interface Expectation {
  /** The outcome of each step that presents a token, in order; `-` where it had none to present. */
  readonly outcomes: readonly string[];
  readonly verdict: Verdict;
}

/** A history that is worth telling; one file of the folder `scenarios`. */
export interface Scenario {
  /** The name of its file, without `.json`. */
  readonly id: string;
  readonly group: Group;
  /** Its place in the list. */
  readonly order: number;
  readonly title: string;
  readonly explanation: string;
  readonly steps: History;
  /** By the id of the rule. */
  readonly expect: Readonly<Record<string, Expectation>>;
}

/** Reads a file of the folder `scenarios`. Throws an error that names what is wrong with it. */
export function parseScenario(id: string, content: unknown): Scenario {
  const { group, order, title, explanation, steps, expect } = objectOf(content, id);
  if (!isOneOf(GROUPS, group)) throw new Error(`${id}: no such group: ${String(group)}`);
  if (typeof order !== 'number') throw new Error(`${id}: order must be a number`);
  if (!isText(title) || !isText(explanation))
    throw new Error(`${id}: title and explanation must be texts`);
  if (!Array.isArray(steps) || steps.length === 0 || steps.length > MAX_STEPS)
    throw new Error(`${id}: steps must be a list of 1 to ${MAX_STEPS}`);
  return {
    id,
    group,
    order,
    title,
    explanation,
    steps: steps.map((step: unknown, index) => parseStep(step, `${id}, step ${index + 1}`)),
    expect: Object.fromEntries(
      Object.entries(objectOf(expect, id)).map(([rule, value]) => [
        rule,
        parseExpectation(value, `${id}, ${rule}`),
      ]),
    ),
  };
}

function parseStep(value: unknown, where: string): Step {
  const step = objectOf(value, where);
  if ('wait' in step) {
    if (isWaitSeconds(step.wait)) return { waitSeconds: step.wait };
  } else if (isStep(value)) {
    return value;
  }
  throw new Error(`${where}: no such step: ${JSON.stringify(value)}`);
}

function parseExpectation(value: unknown, where: string): Expectation {
  const { outcomes, verdict } = objectOf(value, where);
  if (!Array.isArray(outcomes) || !outcomes.every(isText))
    throw new Error(`${where}: outcomes must be a list of texts`);
  if (!isOneOf(VERDICTS, verdict)) throw new Error(`${where}: no such verdict: ${String(verdict)}`);
  return { outcomes, verdict };
}

function objectOf(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new Error(`${where}: not an object`);
  return value as Readonly<Record<string, unknown>>;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isOneOf<Known extends string>(known: readonly Known[], value: unknown): value is Known {
  return known.some((candidate) => candidate === value);
}
