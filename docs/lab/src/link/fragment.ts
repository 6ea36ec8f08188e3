import { type History, MAX_STEPS } from '../history/step.js';
import { decodeHistory, encodeHistory } from './step-codes.js';

/** What the page shows; all of it is in the fragment of the URL. */
export interface View {
  /** The scenario that is shown, or that a free history began with. */
  readonly scenario: string;
  /** A free history, instead of that of the scenario. */
  readonly history?: History;
  /** The rule of the picture. */
  readonly rule: string;
  /** The rules that are compared; all, if it is not given. */
  readonly only?: readonly string[];
  /** How many steps have been taken; all, if it is not given. */
  readonly step?: number;
  /** The step of the tour, from 1. */
  readonly tour?: number;
}

export interface Known {
  readonly scenarios: readonly string[];
  readonly rules: readonly string[];
  readonly tourSteps: number;
}

const MAX_LENGTH = 2000;

/** The fragment of a view, without its `#`. */
export function encodeFragment({ scenario, history, rule, only, step, tour }: View): string {
  return [
    `scenario=${scenario}`,
    history && `history=${encodeHistory(history)}`,
    `rule=${rule}`,
    only && `only=${only.join(',')}`,
    step !== undefined && `step=${step}`,
    tour !== undefined && `tour=${tour}`,
  ]
    .filter(Boolean)
    .join('&');
}

/**
 * The view that a fragment asks for. What is not understood is left out, and `problems` names it;
 * nothing in a fragment is ever shown or run as it is.
 */
export function decodeFragment(
  fragment: string,
  first: View,
  known: Known,
): { readonly view: View; readonly problems: readonly string[] } {
  const text = fragment.replace(/^#/, '');
  if (text.length > MAX_LENGTH) return { view: first, problems: ['it is too long'] };
  const problems: string[] = [];
  const wanted = valuesOf(text);
  /** Reads one part, and notes where it is there and makes no sense. */
  function read<Value>(name: string, decode: (text: string) => Value | undefined) {
    const given = wanted.get(name);
    if (given === undefined) return undefined;
    const value = decode(given);
    if (value === undefined) problems.push(`“${name}” makes no sense`);
    return value;
  }
  const view: View = {
    scenario: read('scenario', (id) => memberOf(known.scenarios, id)) ?? first.scenario,
    rule: read('rule', (id) => memberOf(known.rules, id)) ?? first.rule,
    ...present('history', read('history', decodeHistory)),
    ...present(
      'only',
      read('only', (ids) => membersOf(known.rules, ids)),
    ),
    ...present(
      'step',
      read('step', (count) => integerOf(count, 0, MAX_STEPS)),
    ),
    ...present(
      'tour',
      read('tour', (number) => integerOf(number, 1, known.tourSteps)),
    ),
  };
  if (text !== '' && wanted.size === 0) problems.push('it is of another form');
  return { view, problems };
}

function valuesOf(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const part of text.split('&')) {
    const [, name, value] = /^([a-z]+)=([\w.,-]*)$/.exec(part) ?? [];
    if (name !== undefined && value !== undefined) values.set(name, value);
  }
  return values;
}

function present<Name extends string, Value>(name: Name, value: Value | undefined) {
  return value === undefined ? {} : ({ [name]: value } as Record<Name, Value>);
}

function memberOf(known: readonly string[], id: string): string | undefined {
  return known.find((candidate) => candidate === id);
}

function membersOf(known: readonly string[], ids: string): readonly string[] | undefined {
  const wanted = ids.split(',');
  return wanted.every((id) => known.includes(id)) && new Set(wanted).size === wanted.length
    ? wanted
    : undefined;
}

function integerOf(text: string, least: number, most: number): number | undefined {
  const number = /^[0-9]{1,4}$/.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : undefined;
}
