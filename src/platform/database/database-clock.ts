/**
 * SQL for "now" by the database's clock, to the millisecond, which is JavaScript's precision.
 * `offsetMs` is the parameter for `Clock.offsetMs`.
 *
 * The function is volatile: use it once per statement, in a sub-query, or two readings will differ.
 */
export const databaseNow = (offsetMs: string): string =>
  `date_trunc('milliseconds', clock_timestamp()) + ${offsetMs}::float8 * interval '1 millisecond'`;

/** SQL for an instant as epoch milliseconds, a number in JavaScript. */
export const toEpochMs = (instant: string): string =>
  `(extract(epoch FROM ${instant}) * 1000)::float8`;

/** SQL for the instant of a parameter in epoch milliseconds. */
export const fromEpochMs = (parameter: string): string =>
  `to_timestamp(${parameter}::float8 / 1000)`;
