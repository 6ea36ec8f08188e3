import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemDocument, problemHeaders } from './problem-document.js';
import { toProblem } from './to-problem.js';

/** Answers everything that is thrown with a problem document (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('ProblemFilter');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest(), http.getResponse());
  }

  /** For errors that Fastify finds before Nest takes over, too. */
  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const problem = toProblem(error);
    if (problem.status >= 500) this.logger.error({ err: problem.cause ?? problem, request_id: request.id, code: problem.code });

    const path = request.originalUrl.split('?', 1)[0] ?? '/';
    void reply.status(problem.status).headers(problemHeaders(problem)).send(problemDocument(problem, { path, id: request.id }));
  }
}
