/** Errors of the operating system and of `pg` that mean "no connection". */
const CONNECTION_ERRORS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * SQLSTATEs that say "not now" rather than "never" (PostgreSQL, appendix A): connection lost (08),
 * out of resources (53), operator intervention such as a shutdown or a time-out (57), a deadlock or
 * serialisation failure (40), no lock in time, a server that has become a replica and takes no
 * writes, and one that does not know our database or role (3D, 28): the operator's to mend.
 */
const PASSING_STATES = /^(08...|28...|3D...|40...|53...|57...|55P03|25006)$/;

/** `pg` and its pool give these no code. */
const CONNECTION_MESSAGES = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Query read timeout',
  'Client has encountered a connection error',
  'Client was closed',
];

/**
 * True where the server cannot execute a prepared statement: it has none of this name, or the
 * columns that it returned when it was prepared are of other types by now. Nothing was done, and
 * prepared anew it may succeed.
 */
export function mustBePreparedAnew(error: unknown): boolean {
  const { code, routine } = (error ?? {}) as { code?: unknown; routine?: unknown };
  // Of all that is not supported, this alone is; the routine's name is in no human's language.
  return code === '26000' || (code === '0A000' && routine === 'RevalidateCachedQuery');
}

/** True where a statement did not get a lock in time. Nothing was done, and it may succeed later. */
export function isLockRefused(error: unknown): boolean {
  return ((error ?? {}) as { code?: unknown }).code === '55P03';
}

/** More requests wait for the database than it can serve in time. */
export class DatabaseBusyError extends Error {
  constructor() {
    super('Too many requests wait for the database.');
    this.name = 'DatabaseBusyError';
  }
}

/**
 * True where a query failed because the database cannot serve it now; the same request may succeed
 * later.
 */
export function isDatabaseOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof DatabaseBusyError || mustBePreparedAnew(error)) return true;
  if (error instanceof AggregateError && error.errors.some(isDatabaseOutage)) return true;
  const { code, driverError } = error as { code?: unknown; driverError?: unknown };
  if (driverError !== error && isDatabaseOutage(driverError)) return true;
  return (
    (typeof code === 'string' && (CONNECTION_ERRORS.has(code) || PASSING_STATES.test(code))) ||
    CONNECTION_MESSAGES.some((message) => error.message.startsWith(message))
  );
}
