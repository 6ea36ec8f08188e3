import { randomUUID } from 'node:crypto';
import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { throwError } from 'rxjs';
import { requestOf } from '../caller/index.js';
import {
  Problem,
  problemDocument,
  problemHeaders,
  toProblem,
  type ProblemDocument,
} from '../errors/index.js';
import type { HttpReply, HttpRequest } from './http-request.js';
import { closeSocket, sendException, type SocketClient } from './socket-exception.js';
import { errorOfTransport } from './transport-error.js';

/**
 * Responds to everything that is thrown with a problem document (RFC 9457): the body of a response,
 * the `extensions` of a GraphQL error, the `exception` event of a socket, or the error of a
 * microservice. Server errors are logged.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('ProblemFilter');

  /**
   * What Nest expects of a filter depends on the transport.
   *
   * @throws the error of a resolver
   */
  catch(error: unknown, host: ArgumentsHost): unknown {
    switch (host.getType<string>()) {
      case 'graphql':
        throw this.errorOfResolver(error, host);
      case 'ws':
        this.sendToSocket(error, host);
        return undefined;
      case 'rpc':
        return throwError(
          () => errorOfTransport(error) ?? this.document(error, host, randomUUID()),
        );
      default:
        this.respond(error, host);
        return undefined;
    }
  }

  /** What the handler of a new connection throws; nobody else would catch it. */
  refuseConnection(error: unknown, socket: SocketClient): void {
    const id = randomUUID();
    const problem = toProblem(error);
    this.report(problem, id);
    const document = problemDocument(problem, { path: 'connection', id });
    sendException(socket, errorOfTransport(error) ?? document);
    closeSocket(socket);
  }

  private respond(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<HttpRequest>();
    const problem = hasDisconnected(error, request)
      ? new Problem('malformed_request', { cause: error })
      : toProblem(error);
    this.report(problem, request.id);
    request.evergreen.problem = problem;
    sendProblem(problem, request, host.switchToHttp().getResponse());
  }

  /** GraphQL takes `extensions` from the error that a resolver throws, so no class of it is needed. */
  private errorOfResolver(error: unknown, host: ArgumentsHost): Error {
    if (isGraphqlError(error)) return error;
    const extensions = this.document(error, host, requestOf<HttpRequest>(host)?.id ?? randomUUID());
    return Object.assign(new Error(extensions.detail), { extensions });
  }

  private sendToSocket(error: unknown, host: ArgumentsHost): void {
    const socket = host.switchToWs();
    const cause = { pattern: socket.getPattern(), data: socket.getData<unknown>() };
    const exception = errorOfTransport(error, cause) ?? this.document(error, host, randomUUID());
    sendException(socket.getClient<SocketClient>(), exception);
  }

  private document(error: unknown, host: ArgumentsHost, id: string): ProblemDocument {
    const problem = toProblem(error);
    this.report(problem, id);
    const request = requestOf<Partial<HttpRequest>>(host);
    if (request?.evergreen) request.evergreen.problem = problem;
    return problemDocument(problem, { path: placeOf(host), id });
  }

  private report(problem: Problem, requestId: string): void {
    if (problem.status < 500 || problem.options.isExpected) return;
    const { cause, code } = problem;
    this.logger.error({ err: cause ?? problem, request_id: requestId, code });
  }
}

/** The field of a query, or the pattern of a message: what `instance` is for other than routes. */
function placeOf(host: ArgumentsHost): string {
  switch (host.getType<string>()) {
    case 'graphql':
      return host.getArgByIndex<{ fieldName?: string } | undefined>(3)?.fieldName ?? '';
    case 'ws':
      return host.switchToWs().getPattern();
    default: {
      const pattern = host.getArgByIndex<RpcContext | undefined>(1)?.getPattern?.();
      return typeof pattern === 'string' ? pattern : '';
    }
  }
}

/** The context of a message, by those transports that tell its pattern. */
interface RpcContext {
  getPattern?(): unknown;
}

/** A team's own `GraphQLError`, or mercurius' `ErrorWithProps`, with what it tells the client. */
function isGraphqlError(error: unknown): error is Error {
  return error instanceof Error && 'extensions' in error;
}

/**
 * True if the client disconnected, or was cut, before its body had arrived. The code of this error
 * is that of a lost database connection, which would raise an alert.
 */
function hasDisconnected(error: unknown, { raw }: HttpRequest): boolean {
  return raw.errored !== null && raw.errored === error;
}

/** Sends a problem document as the response to a request. */
export function sendProblem(problem: Problem, request: HttpRequest, reply: HttpReply): void {
  const path = request.originalUrl.split('?', 1)[0] ?? '/';
  for (const [name, value] of Object.entries(problemHeaders(problem)))
    if (!isGiven(name, reply)) reply.header(name, value);
  reply.status(problem.status).send(problemDocument(problem, { path, id: request.id }));
}

/** Headers that a team sets before it throws, such as the `Retry-After` of its own limits. */
const KEPT = ['retry-after', 'www-authenticate'];

function isGiven(name: string, reply: HttpReply): boolean {
  return KEPT.includes(name) && reply.hasHeader(name);
}
