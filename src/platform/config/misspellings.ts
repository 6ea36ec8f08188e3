import type { Variables } from './environment.js';
import { VARIABLE_NAMES } from './variables.js';

/** An unknown name that is similar to a variable, and that variable. */
export interface Misspelling {
  readonly name: string;
  readonly meant: string;
}

/** A sentence for each variable that is set and nearly has the name of one of ours. */
export function describeMisspellings(given: Variables): string[] {
  return findMisspellings(Object.keys(given).filter((name) => given[name])).map(
    ({ name, meant }) => `${name} is not a variable of Evergreen; did you mean ${meant}?`,
  );
}

/**
 * The names that are similar to a variable, such as `ACESS_TOKEN_EXPIRE_MINUTES` or `jwt_secret`.
 * Short names must be equal except for case, since the environment has many other short names.
 */
export function findMisspellings(names: readonly string[]): Misspelling[] {
  return names
    .filter((name) => !VARIABLE_NAMES.includes(name))
    .flatMap((name) => {
      const meant = nearestTo(name.toUpperCase());
      return meant ? [{ name, meant }] : [];
    });
}

function nearestTo(name: string): string | undefined {
  const [nearest] = VARIABLE_NAMES.filter(
    // A larger difference in length needs no comparison; the environment may be large.
    (meant) => Math.abs(meant.length - name.length) <= allowedEdits(meant),
  )
    .map((meant) => ({ meant, edits: editsBetween(name, meant) }))
    .filter(({ meant, edits }) => edits <= allowedEdits(meant))
    .sort((one, other) => one.edits - other.edits);
  return nearest?.meant;
}

function allowedEdits({ length }: string): number {
  if (length < 6) return 0;
  return length < 12 ? 1 : 2;
}

/**
 * The Damerau-Levenshtein distance (optimal string alignment): how many letters must be inserted,
 * deleted, replaced or swapped with their neighbour.
 */
function editsBetween(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      current.push(
        Math.min(
          at(last, column) + 1,
          at(current, column - 1) + 1,
          at(last, column - 1) + (isSame ? 0 : 1),
          isSwapped ? at(beforeLast, column - 2) + 1 : Infinity,
        ),
      );
    }
    [beforeLast, last] = [last, current];
  }
  return at(last, other.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
