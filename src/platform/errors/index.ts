export {
  describeError,
  type ErrorCode,
  ERRORS,
  type FieldError,
  isAboutProof,
  problemDocument,
  type ProblemDocument,
  problemHeaders,
} from '#protocol';
export {
  DatabaseBusyError,
  isDatabaseOutage,
  isLockRefused,
  mustBePreparedAnew,
} from './outage.js';
export {
  defineProblems,
  isOwnProblem,
  type OwnErrorDescription,
  type OwnProblem,
  type OwnProblems,
} from './own-problems.js';
export { Problem } from './problem.js';
export { toProblem } from './to-problem.js';
