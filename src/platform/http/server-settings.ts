import { Injectable } from '@nestjs/common';
import { ApiPaths } from './api-paths.js';
import { respondToClientError } from './early-errors.js';
import { HttpHooks } from './hooks/index.js';
import { HEADER_RULES } from './request-limits.js';

/**
 * Sets on Node's server what `fastifyOptions` sets where we create it ourselves: what
 * `WellFormedRequests` needs, and the response to input that is not HTTP.
 */
@Injectable()
export class ServerSettings {
  constructor(hooks: HttpHooks, { isWholeServer }: ApiPaths) {
    if (isWholeServer) return;
    hooks.onServer((server) => {
      Object.assign(server, HEADER_RULES);
      if (server.listenerCount('clientError') === 0) server.on('clientError', respondToClientError);
    });
  }
}
