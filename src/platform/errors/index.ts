export { ERRORS, describeError, type ErrorCode } from './error-codes.js';
export {
  DatabaseBusyError,
  isDatabaseOutage,
  isLockRefused,
  mustBePreparedAnew,
} from './outage.js';
export { Problem, type FieldError } from './problem.js';
export { problemDocument, problemHeaders, type ProblemDocument } from './problem-document.js';
export { ProblemResponse } from './problem-response.dto.js';
export { toProblem } from './to-problem.js';
