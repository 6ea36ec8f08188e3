import type { OpenAPIObject } from '@nestjs/swagger';
import { isEmpty, routesOf } from './operations.js';

/**
 * Documents which routes need no access token. Every route needs one, which the document says once
 * for all of them; a `@Public()` route, also one of a team's own, has the alternatives that its
 * `@ApiSecurity()` decorators name, or an empty list.
 */
export function documentSecurity(document: OpenAPIObject): OpenAPIObject {
  for (const { operation } of routesOf(document))
    if (operation.security)
      operation.security = operation.security.filter((requirement) => !isEmpty(requirement));
  return document;
}
