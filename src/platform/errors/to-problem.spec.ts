import {
  BadRequestException,
  ConflictException,
  ForbiddenException,
  HttpException,
  ImATeapotException,
  InternalServerErrorException,
  NotFoundException,
  PayloadTooLargeException,
  ServiceUnavailableException,
  UnauthorizedException,
  UnprocessableEntityException,
} from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { describeError, problemDocument } from '#protocol';
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
    [new HttpException('', 405), 'request_refused'],
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

  it.each([
    [new ConflictException('Mine.'), 409, 'Conflict', 'Mine.'],
    [new ConflictException('Mine.', 'My title'), 409, 'My title', 'Mine.'],
    [new NotFoundException('No such note.'), 404, 'Not found', 'No such note.'],
    [new HttpException('Pay first.', 402), 402, 'Payment Required', 'Pay first.'],
    [new HttpException({ message: 'Mine.', cups: 2 }, 418), 418, "I'm a Teapot", 'Mine.'],
    [new HttpException('Mine.', 451), 451, 'Unavailable For Legal Reasons', 'Mine.'],
    [new ServiceUnavailableException('No paper.'), 503, 'Service unavailable', 'No paper.'],
    [new HttpException('Full.', 507), 507, 'Insufficient Storage', 'Full.'],
    [new ImATeapotException(), 418, "I'm a Teapot", describeError('request_refused').detail],
    [new ConflictException(), 409, 'Conflict', describeError('conflict').detail],
    [new HttpException({ cups: 2 }, 418), 418, "I'm a Teapot", undefined],
    [new HttpException('', 599), 599, 'Internal error', undefined],
  ])('keeps the status and the words of a team: %p', (exception, status, title, message) => {
    const problem = toProblem(exception);
    expect(problem).toMatchObject({ status, title, ...(message && { message }) });
  });

  it.each([[0], [199], [299], [600], [NaN], [400.5], ['409']])(
    'takes no status that is none of a response: %p',
    (status) => {
      expect(toProblem(new HttpException('hunter2', status as number))).toMatchObject({
        status: 500,
        message: describeError('internal_error').detail,
      });
    },
  );

  it('lists the messages of a validation', () => {
    const problem = toProblem(new BadRequestException(['a must be a string', 7, 'b is missing']));
    expect(problem).toMatchObject({
      code: 'validation_failed',
      status: 400,
      message: 'a must be a string; b is missing',
      options: {
        fieldErrors: [
          { field: '', message: 'a must be a string' },
          { field: '', message: 'b is missing' },
        ],
      },
    });
    const many = toProblem(new UnprocessableEntityException(Array(99).fill('x'.repeat(999))));
    expect(many.options.fieldErrors).toHaveLength(20);
    expect(many.options.fieldErrors?.[0]?.message).toHaveLength(200);
  });

  it('keeps the members of a body, and a code of its own, but none of ours', () => {
    const documentOf = (body: object) =>
      problemDocument(toProblem(new HttpException(body, 418)), { path: '/tea', id: '1' });
    expect(documentOf({ message: 'Mine.', cups: 2, status: 1, instance: 'x' })).toMatchObject({
      cups: 2,
      status: 418,
      instance: '/tea',
      code: 'request_refused',
      detail: 'Mine.',
    });
    expect(documentOf({ code: 'TEA_IS_OUT' })).toMatchObject({ code: 'TEA_IS_OUT' });
    for (const code of ['session_revoked', 7, undefined])
      expect(documentOf({ code, clear_credentials: true })).toMatchObject({
        code: 'request_refused',
        clear_credentials: false,
      });
    expect(documentOf({ message: 'x' })).not.toHaveProperty('message');
  });

  it('keeps the status of what plug-ins of Fastify refuse', () => {
    expect(toProblem(fromFastify('FST_INVALID_MULTIPART_CONTENT_TYPE', 406))).toMatchObject({
      code: 'request_refused',
      status: 406,
    });
  });

  it.each([
    ['a missing route', new NotFoundException('Cannot GET /hunter2'), 'not_found'],
    ['an internal error', new InternalServerErrorException('hunter2'), 'internal_error'],
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
