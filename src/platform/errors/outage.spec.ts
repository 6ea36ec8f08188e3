import { QueryFailedError } from 'typeorm';
import { isDatabaseOutage } from './outage.js';

const withCode = (code: unknown, message = 'failed') => Object.assign(new Error(message), { code });
const asTypeOrmThrows = (error: Error) => new QueryFailedError('SELECT 1', [], error);

describe('isDatabaseOutage', () => {
  it.each([
    ['nobody listens', 'ECONNREFUSED'],
    ['the connection was cut', 'ECONNRESET'],
    ['the pipe is broken', 'EPIPE'],
    ['nobody answers', 'ETIMEDOUT'],
    ['there is no such host', 'ENOTFOUND'],
    ['names cannot be resolved', 'EAI_AGAIN'],
    ['there is no way to the host', 'EHOSTUNREACH'],
    ['there is no network', 'ENETUNREACH'],
    ['connection_failure', '08006'],
    ['invalid_sql_statement_name', '26000'],
    ['invalid_password', '28P01'],
    ['invalid_catalog_name', '3D000'],
    ['serialization_failure', '40001'],
    ['deadlock_detected', '40P01'],
    ['too_many_connections', '53300'],
    ['disk_full', '53100'],
    ['query_canceled', '57014'],
    ['admin_shutdown', '57P01'],
    ['cannot_connect_now', '57P03'],
    ['lock_not_available', '55P03'],
    ['read_only_sql_transaction', '25006'],
  ])('is true where %s', (_case, code) => {
    expect(isDatabaseOutage(withCode(code))).toBe(true);
    expect(isDatabaseOutage(asTypeOrmThrows(withCode(code)))).toBe(true);
  });

  it.each([
    ['unique_violation', '23505'],
    ['foreign_key_violation', '23503'],
    ['syntax_error', '42601'],
    ['undefined_table', '42P01'],
    ['insufficient_privilege', '42501'],
    ['invalid_text_representation', '22P02'],
    ['in_failed_sql_transaction', '25P02'],
    ['object_in_use', '55006'],
    ['feature_not_supported', '0A000'],
    ['a code of the file system', 'ENOENT'],
    ['a SQLSTATE that is cut short', '0800'],
    ['a SQLSTATE that is too long', '080060'],
    ['a number', 8006],
    ['an empty code', ''],
    ['no code', undefined],
  ])('is false for %s', (_case, code) => {
    expect(isDatabaseOutage(withCode(code))).toBe(false);
    expect(isDatabaseOutage(asTypeOrmThrows(withCode(code)))).toBe(false);
  });

  it.each([
    ['Connection terminated', true],
    ['Connection terminated unexpectedly', true],
    ['Connection terminated due to connection timeout', true],
    ['timeout exceeded when trying to connect', true],
    ['timeout expired', true],
    ['Client was closed and is not queryable', true],
    ['Query read timeout', true],
    ['Client has encountered a connection error and is not queryable', true],
    ['somebody wrote: Connection terminated', false],
    ['connection', false],
    ['', false],
  ])('goes by what pg says without a code: %j is %p', (message, isOutage) => {
    expect(isDatabaseOutage(new Error(message))).toBe(isOutage);
    expect(isDatabaseOutage(asTypeOrmThrows(new Error(message)))).toBe(isOutage);
  });

  it.each([
    ['whose result has changed its type', 'RevalidateCachedQuery', true],
    ['that asks for what is not supported', 'transformSomething', false],
  ])('tells a prepared statement %s by the routine: %s', (_case, routine, isOutage) => {
    const error = Object.assign(withCode('0A000'), { routine });
    expect(isDatabaseOutage(error)).toBe(isOutage);
    expect(isDatabaseOutage(asTypeOrmThrows(error))).toBe(isOutage);
  });

  it('looks at every address that was tried', () => {
    const refused = [withCode('ENOENT'), withCode('ECONNREFUSED')];
    expect(isDatabaseOutage(new AggregateError(refused))).toBe(true);
    expect(isDatabaseOutage(asTypeOrmThrows(new AggregateError(refused)))).toBe(true);
    expect(isDatabaseOutage(new AggregateError([withCode('ENOENT')]))).toBe(false);
    expect(isDatabaseOutage(new AggregateError([]))).toBe(false);
  });

  it("comes to an end for an error that is its own driver's", () => {
    const error = withCode('23505');
    expect(isDatabaseOutage(Object.assign(error, { driverError: error }))).toBe(false);
  });

  it.each([[undefined], [null], ['ECONNREFUSED'], [42], [{ code: 'ECONNREFUSED' }], [() => 0]])(
    'is false for %p, which is no error',
    (thrown) => {
      expect(isDatabaseOutage(thrown)).toBe(false);
    },
  );
});
