import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Accepted request ids of callers, so that nothing else gets into logs. */
const REQUEST_ID = /^[\w.:-]{1,100}$/;

/** The id of a request: that of the header `X-Request-Id` if it is an acceptable one, else new. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}
