import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { HttpReply, HttpRequest } from './http-request.js';
import { Problem, problemDocument, problemHeaders, toProblem } from '../errors/index.js';

/**
 * Responds to everything that is thrown with a problem document (RFC 9457). Server errors are
 * logged.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('ProblemFilter');

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<HttpRequest>();
    const problem = hasDisconnected(error, request)
      ? new Problem('malformed_request', { cause: error })
      : toProblem(error);
    if (problem.status >= 500 && !problem.options.isExpected)
      this.logger.error({
        err: problem.cause ?? problem,
        request_id: request.id,
        code: problem.code,
      });
    request.evergreen.problem = problem;
    sendProblem(problem, request, host.switchToHttp().getResponse());
  }
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
  for (const [name, value] of Object.entries(problemHeaders(problem))) reply.header(name, value);
  reply.status(problem.status).send(problemDocument(problem, { path, id: request.id }));
}
