/** The message of the line of a request. */
export const REQUEST_MESSAGE = 'request';

/**
 * The line of a request with its members `method`, `route`, `status` and `milliseconds` as the
 * message, such as `GET /api/auth/me 200 4 ms`; every other line as it is.
 *
 * @param line JSON, as pino writes it
 */
export function lineForPeople(line: string): string {
  const { msg, method, route, status, milliseconds, ...rest } = JSON.parse(line) as Partial<
    Record<string, string | number>
  >;
  const isRequest = msg === REQUEST_MESSAGE && route !== undefined && milliseconds !== undefined;
  if (!isRequest) return line;
  return `${JSON.stringify({ ...rest, msg: `${method} ${route} ${status} ${milliseconds} ms` })}\n`;
}
