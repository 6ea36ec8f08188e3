import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemDocument, problemHeaders } from './problem-document.js';
import type { Problem } from './problem.js';
import { toProblem } from './to-problem.js';

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
    answerProblem(problem, request, host.switchToHttp().getResponse());
  }
}

const answered = new WeakMap<FastifyReply, Problem>();

/** The problem that an answer tells of; undefined where it tells of none. */
export function problemOf(reply: FastifyReply): Problem | undefined {
  return answered.get(reply);
}

/** Sends a problem document as the answer to a request. */
export function answerProblem(
  problem: Problem,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const path = request.originalUrl.split('?', 1)[0] ?? '/';
  answered.set(reply, problem);
  void reply
    .status(problem.status)
    .headers(problemHeaders(problem))
    .send(problemDocument(problem, { path, id: request.id }));
}
