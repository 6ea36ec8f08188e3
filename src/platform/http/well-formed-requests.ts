import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Problem } from '../errors/index.js';
import { AnswerHeaders } from './answer-headers.js';
import { fastifyOf } from './fastify-of.js';

/**
 * `uri-host [ ":" port ]` (RFC 9110, section 7.2), without the comma that a name could have: two
 * `Host` headers are joined by one.
 */
const HOST = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+;=%-]*)(?::\d*)?$/i;

/**
 * Refuses with `malformed_request` what Node's parser lets pass: a request of another version than
 * HTTP/1.x, and one whose `Host` is missing, sent twice or no host (RFC 9112, section 3.2). A proxy
 * and this server might believe different ones of two.
 *
 * An expectation other than `100-continue` is ignored, as RFC 9110, section 10.1.1, allows: Node
 * would answer it by itself, and without a problem document.
 */
@Injectable()
export class WellFormedRequests {
  /** `_answerHeaders` adds its hook first, so that a refusal has the headers of every answer. */
  constructor(host: HttpAdapterHost, _answerHeaders: AnswerHeaders) {
    const fastify = fastifyOf(host);
    fastify?.addHook('onRequest', ({ raw }, _reply, done) => {
      done(isWellFormed(raw) ? undefined : new Problem('malformed_request'));
    });
    fastify?.server.on('checkExpectation', (request, response) => {
      fastify.server.emit('request', request, response);
    });
  }
}

function isWellFormed({ httpVersionMajor, httpVersionMinor, headers }: IncomingMessage): boolean {
  if (httpVersionMajor !== 1) return false;
  const { host } = headers;
  return host === undefined ? httpVersionMinor === 0 : HOST.test(host);
}
