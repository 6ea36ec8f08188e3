import {
  BadRequestException,
  ConflictException,
  ForbiddenException,
  HttpException,
  InternalServerErrorException,
  NotFoundException,
  PayloadTooLargeException,
  ServiceUnavailableException,
  UnauthorizedException,
  UnprocessableEntityException,
} from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { describeError } from '#protocol';
import { Problem } from './problem.js';
import { toProblem } from './to-problem.js';

const fromFastify = (code: string, statusCode: number) =>
  Object.assign(new Error('hunter2'), { code, statusCode });

describe('toProblem', () => {
  it('leaves a problem as it is', () => {
    const problem = new Problem('email_taken', { clearCredentials: true });
    expect(toProblem(problem)).toBe(problem);
  });

  it.each([
    ['a connection that is refused', Object.assign(new Error(), { code: 'ECONNREFUSED' })],
    [
      'a query that failed for it',
      new QueryFailedError('SELECT 1', [], Object.assign(new Error(), { code: '57P01' })),
    ],
    [
      'an outage that bears a status',
      Object.assign(new Error(), { code: 'ECONNRESET', statusCode: 400 }),
    ],
  ])('asks to come back after %s', (_case, error) => {
    const problem = toProblem(error);
    expect(problem).toMatchObject({
      code: 'service_unavailable',
      status: 503,
      retryable: true,
      clearCredentials: false,
    });
    expect(problem.cause).toBe(error);
  });

  it.each([
    ['FST_ERR_BAD_URL', 400, 'malformed_request'],
    ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 400, 'malformed_request'],
    ['FST_ERR_CTP_BODY_TOO_LARGE', 413, 'payload_too_large'],
    ['FST_ERR_MAX_PARAM_LENGTH', 414, 'uri_too_long'],
    ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 415, 'unsupported_media_type'],
    ['FST_ERR_OF_TOMORROW', 400, 'malformed_request'],
    ['FST_ERR_OF_TOMORROW', 500, 'internal_error'],
  ])('knows %s with status %d', (code, status, expected) => {
    expect(toProblem(fromFastify(code, status)).code).toBe(expected);
  });

  it.each([
    [new BadRequestException(), 'malformed_request'],
    [new UnauthorizedException(), 'unauthorized'],
    [new ForbiddenException(), 'forbidden'],
    [new NotFoundException(), 'not_found'],
    [new HttpException('', 405), 'not_found'],
    [new ConflictException(), 'conflict'],
    [new PayloadTooLargeException(), 'payload_too_large'],
    [new HttpException('', 414), 'uri_too_long'],
    [new HttpException('', 415), 'unsupported_media_type'],
    [new UnprocessableEntityException(), 'validation_failed'],
    [new HttpException('', 431), 'headers_too_large'],
    [new InternalServerErrorException(), 'internal_error'],
    [new HttpException('', 502), 'internal_error'],
    [new ServiceUnavailableException(), 'service_unavailable'],
  ])('knows %p', (exception, code) => {
    expect(toProblem(exception).code).toBe(code);
  });

  it('passes on the words of a team that refuses a request', () => {
    expect(toProblem(new ConflictException('You have a note of this name already.')).message).toBe(
      'You have a note of this name already.',
    );
  });

  it.each([
    ['a missing route', new NotFoundException('Cannot GET /hunter2'), 'not_found'],
    ['an internal error', new InternalServerErrorException('hunter2'), 'internal_error'],
    ['a service that is away', new ServiceUnavailableException('hunter2'), 'service_unavailable'],
    ['what Fastify finds', fromFastify('FST_ERR_BAD_URL', 400), 'malformed_request'],
    ['what nobody foresaw', new TypeError('hunter2'), 'internal_error'],
    [
      'a query that failed',
      new QueryFailedError('SELECT 1', ['hunter2'], new Error('hunter2')),
      'internal_error',
    ],
  ] as const)('keeps the words of %s to the log', (_case, error, code) => {
    const problem = toProblem(error);
    expect(problem.code).toBe(code);
    expect(problem.message).toBe(describeError(code).detail);
    expect(problem.cause).toBe(error);
  });

  it.each([
    ['text'],
    [''],
    [42],
    [0],
    [false],
    [{}],
    [[]],
    [Symbol('thrown')],
    [{ statusCode: 600 }],
  ])('has no idea of %p', (thrown) => {
    expect(toProblem(thrown)).toMatchObject({
      code: 'internal_error',
      status: 500,
      retryable: false,
      clearCredentials: false,
    });
  });
});
