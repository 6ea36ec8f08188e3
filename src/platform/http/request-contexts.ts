import { Injectable, type NestInterceptor } from '@nestjs/common';
import { HttpHooks } from './hooks/index.js';
import type { HttpRequest } from './http-request.js';
import { RequestContext } from './request-context.js';

/** Gives every request its `RequestContext`, also those that fail before any hook. */
@Injectable()
export class RequestContexts {
  /** The interceptor for routes that may renew access tokens; the feature sets it. */
  renewal: NestInterceptor | undefined;

  constructor(hooks: HttpHooks) {
    hooks.defineMember('evergreen', (request: RequestWithContext) => {
      return (request.evergreenContext ??= new RequestContext(this.renewal));
    });
  }
}

/** Holds `evergreen` after its first use. */
type RequestWithContext = HttpRequest & { evergreenContext?: RequestContext };
