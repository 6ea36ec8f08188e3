import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { Problem } from '../errors/index.js';
import { HttpHooks } from './hooks/index.js';
import { ResponseHeaders } from './response-headers.js';

/**
 * `uri-host [ ":" port ]` (RFC 9110, section 7.2), without the comma that a name could have: two
 * `Host` headers are joined by one.
 */
const HOST = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+;=%-]*)(?::\d*)?$/i;

/**
 * Rejects with `malformed_request` what Node's parser accepts: a request of a version other than
 * HTTP/1.x, and a `Host` that is missing, sent twice or invalid (RFC 9112, section 3.2). Of two
 * hosts, a proxy and this server might each use a different one.
 *
 * An expectation other than `100-continue` is ignored, as RFC 9110, section 10.1.1, allows: Node
 * would send a response of its own, without a problem document.
 */
@Injectable()
export class WellFormedRequests {
  /** `_responseHeaders` adds its hook first, so that a rejection has the headers of every response. */
  constructor(hooks: HttpHooks, _responseHeaders: ResponseHeaders) {
    hooks.onRequest(({ raw }) =>
      isWellFormed(raw) ? undefined : new Problem('malformed_request'),
    );
    hooks.onServer((server) => {
      server.on('checkExpectation', (request, response) => {
        server.emit('request', request, response);
      });
    });
  }
}

function isWellFormed({ httpVersionMajor, httpVersionMinor, headers }: IncomingMessage): boolean {
  if (httpVersionMajor !== 1) return false;
  const { host } = headers;
  return host === undefined ? httpVersionMinor === 0 : HOST.test(host);
}
