import type { OpenAPIObject } from '@nestjs/swagger';
import { routesOf, type Operation } from './operations.js';

/**
 * Orders the groups of routes, and the routes by their groups, so that every reader of the document
 * shows them alike: the groups in the order of the document's tags; those that it does not name,
 * such as a team's own, in front of its last one.
 */
export function orderByTags(document: OpenAPIObject): OpenAPIObject {
  const named = document.tags ?? [];
  const others = [...new Set(routesOf(document).flatMap(({ operation }) => operation.tags ?? []))]
    .filter((tag) => !named.some(({ name }) => name === tag))
    .map((name) => ({ name }));
  const tags = [...named.slice(0, -1), ...others, ...named.slice(-1)];
  const places = new Map(tags.map(({ name }, place) => [name, place]));
  const placeOf = (path: string) => placeOfPath(document.paths[path] ?? {}, places);
  const paths = Object.keys(document.paths).sort((one, other) => placeOf(one) - placeOf(other));
  return {
    ...document,
    tags,
    paths: Object.fromEntries(paths.map((path) => [path, document.paths[path] ?? {}])),
  };
}

/** That of the first operation; routes without a tag come last, as Swagger UI shows them. */
function placeOfPath(item: object, places: ReadonlyMap<string, number>): number {
  const [first] = Object.values(item as Record<string, Operation>);
  return places.get(first?.tags?.[0] ?? '') ?? places.size;
}
