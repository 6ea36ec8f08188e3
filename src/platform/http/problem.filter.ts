import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemDocument, problemHeaders, toProblem, type Problem } from '../errors/index.js';

/**
 * Answers everything that is thrown with a problem document (RFC 9457). What is our own fault goes
 * to the log.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('ProblemFilter');

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const problem = toProblem(error);
    if (problem.status >= 500)
      this.logger.error({
        err: problem.cause ?? problem,
        request_id: request.id,
        code: problem.code,
      });
    request.evergreen.problem = problem;
    sendProblem(problem, request, host.switchToHttp().getResponse());
  }
}

/** Sends a problem document as the answer to a request. */
export function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): void {
  const path = request.originalUrl.split('?', 1)[0] ?? '/';
  void reply
    .status(problem.status)
    .headers(problemHeaders(problem))
    .send(problemDocument(problem, { path, id: request.id }));
}
