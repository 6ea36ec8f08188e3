import type { OpenAPIObject } from '@nestjs/swagger';

type PathItem = OpenAPIObject['paths'][string];

export type Operation = NonNullable<PathItem['get']>;

/** A route of a document; `method` is in lower case, and `path` has parameters such as `{id}`. */
export interface DocumentedRoute {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** Every route of a document, in the document's order. */
export function routesOf({ paths }: Pick<OpenAPIObject, 'paths'>): DocumentedRoute[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, unknown>)
      .filter((entry): entry is [string, Operation] => isOperation(entry[1]))
      .map(([method, operation]) => ({ method, path, operation })),
  );
}

/** True if the route is `@Public()`. `documentSecurity` deletes the requirement that says so. */
export function isPublic({ security = [] }: Operation): boolean {
  return security.some(isEmpty);
}

/** True for the security requirement that every request fulfils. */
export function isEmpty(requirement: object): boolean {
  return Object.keys(requirement).length === 0;
}

/** A path has other members, too, such as parameters that its operations share. */
function isOperation(member: unknown): boolean {
  return typeof member === 'object' && member !== null && 'responses' in member;
}
