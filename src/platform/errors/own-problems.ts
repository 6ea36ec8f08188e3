import { ERRORS, type ErrorDescription } from '#protocol';
import { Problem, type ProblemOptions } from './problem.js';
import { codeOfStatus } from './to-problem.js';

/** What clients are told with a code of a team's own. */
export type OwnErrorDescription = ErrorDescription;

/** Makes a problem with a code of a team's own. */
export interface OwnProblem<Code extends string = string> {
  (options?: Pick<ProblemOptions, 'detail' | 'members' | 'retryAfterSeconds' | 'cause'>): Problem;
  readonly code: Code;
  readonly description: OwnErrorDescription;
}

export type OwnProblems<Code extends string> = { readonly [Own in Code]: OwnProblem<Own> };

const CODE = /^[a-z][a-z0-9_]{0,63}$/;

/**
 * Declares error codes of a team's own, once. `throw problems.plan_too_small()` responds with one, and
 * `@ApiProblems(problems.plan_too_small)` documents it.
 *
 * ```ts
 * export const problems = defineProblems({
 *   plan_too_small: { status: 402, title: 'Plan too small', detail: 'Your plan has no reports.' },
 * });
 * ```
 *
 * @throws Error for a code that is one of ours or is not in snake case, and for a status that is none
 * of an error
 */
export function defineProblems<Code extends string>(
  descriptions: Readonly<Record<Code, OwnErrorDescription>>,
): OwnProblems<Code> {
  const entries = Object.entries<OwnErrorDescription>(descriptions);
  return Object.fromEntries(
    entries.map(([code, description]) => [code, ownProblem(code, description)]),
  ) as OwnProblems<Code>;
}

/** True for a problem that `defineProblems` has declared. */
export function isOwnProblem(error: unknown): error is Problem {
  return error instanceof Problem && error.options.ownCode !== undefined;
}

function ownProblem(code: string, description: OwnErrorDescription): OwnProblem {
  if (!CODE.test(code) || Object.hasOwn(ERRORS, code))
    throw new Error(`${code} cannot be an error code of your own.`);
  const { status, title, detail, clearCredentials = false, retryable = false } = description;
  if (!Number.isInteger(status) || status < 400 || status > 599)
    throw new Error(`${code} needs a status of 400 to 599.`);
  const make = (options: Parameters<OwnProblem>[0] = {}) =>
    new Problem(codeOfStatus(status), {
      ...{ status, title, detail, clearCredentials, retryable, ownCode: code },
      ...options,
    });
  return Object.assign(make, { code, description });
}
