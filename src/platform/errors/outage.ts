/** Error codes of the operating system that mean "no connection". */
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
 * SQLSTATEs of temporary failures (PostgreSQL, appendix A): connection lost (08), out of resources
 * (53), operator intervention such as a shutdown or a time-out (57), deadlock or serialisation
 * failure (40), no lock in time (55P03), a replica that rejects writes (25006), and a server that
 * does not have our database or role (3D, 28), which the operator must correct.
 */
const PASSING_STATES = /^(08...|28...|3D...|40...|53...|57...|55P03|25006)$/;

/** Messages of `pg` and its pool for errors without a code. */
const CONNECTION_MESSAGES = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Query read timeout',
  'Client has encountered a connection error',
  'Client was closed',
];

/**
 * True if the server cannot execute a prepared statement: it has no statement of this name, or the
 * types of its columns have changed. Nothing was done; prepared again, it may succeed.
 */
export function mustBePreparedAnew(error: unknown): boolean {
  const { code, routine } = (error ?? {}) as { code?: unknown; routine?: unknown };
  // Among unsupported features only this one; the name of the routine is not translated.
  return code === '26000' || (code === '0A000' && routine === 'RevalidateCachedQuery');
}

/** True if a statement did not get a lock in time. Nothing was done; it may succeed later. */
export function isLockRefused(error: unknown): boolean {
  return ((error ?? {}) as { code?: unknown }).code === '55P03';
}

/** Too many requests are waiting for the database. */
export class DatabaseBusyError extends Error {
  constructor() {
    super('Too many requests wait for the database.');
    this.name = 'DatabaseBusyError';
  }
}

/**
 * True if a query failed because the database is unavailable; the same request may succeed later.
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
