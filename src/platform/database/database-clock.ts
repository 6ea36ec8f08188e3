/**
 * SQL for "now" by the database's clock, to the millisecond, which is what JavaScript can hold.
 * `offsetMs` is the parameter that carries `Clock.offsetMs`.
 *
 * The clock is volatile: name it once per statement, in a sub-query of its own, or two readings
 * will differ.
 */
export const databaseNow = (offsetMs: string): string =>
  `date_trunc('milliseconds', clock_timestamp()) + ${offsetMs}::float8 * interval '1 millisecond'`;

/** SQL for an instant as epoch milliseconds, a number in JavaScript. */
export const toEpochMs = (instant: string): string =>
  `(extract(epoch FROM ${instant}) * 1000)::float8`;

/** SQL for the instant of a parameter in epoch milliseconds. */
export const fromEpochMs = (parameter: string): string =>
  `to_timestamp(${parameter}::float8 / 1000)`;
