import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  Problem,
  problemDocument,
  problemHeaders,
  toProblem,
  type ErrorCode,
} from '../errors/index.js';
import { sendProblem } from './problem.filter.js';

/** Error codes of Node for a connection; any other one means that the request does not parse. */
const CLIENT_ERRORS: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

/** Responds to an error of Fastify's router, such as a URL that does not parse. */
export function respondToFrameworkError(
  error: Error,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  sendProblem(toProblem(error), request, reply);
}

/**
 * Responds to input that is not HTTP, or that did not arrive in time. It writes to the socket, since
 * there is no request object yet.
 */
export function respondToClientError(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const problem = new Problem(CLIENT_ERRORS[error.code ?? ''] ?? 'malformed_request');
  const id = randomUUID();
  const body = JSON.stringify(problemDocument(problem, { path: '', id }));
  const headers = {
    ...problemHeaders(problem),
    'x-request-id': id,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}\r\n${body}`,
  );
}
