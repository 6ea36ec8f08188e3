import type { RequestMethod } from '@nestjs/common';
import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { isOwnController } from './platform/caller/index.js';

/**
 * Keeps our paths as they are documented: a prefix that the application sets is for its own routes.
 */
export function exceptOwnRoutesFromPrefix(
  application: ApplicationConfig,
  modules: ModulesContainer,
): void {
  const { exclude = [], ...others } = application.getGlobalPrefixOptions();
  const own = ownControllers(modules)
    .flatMap(routesOf)
    .map(({ path, method }) => ({ path, requestMethod: method, pathRegex: patternOf(path) }));
  application.setGlobalPrefixOptions({ ...others, exclude: [...exclude, ...own] });
}

/** The types of all parameters of our routes. */
export function ownParameterTypes(modules: ModulesContainer): ReadonlySet<unknown> {
  return new Set(ownControllers(modules).flatMap(typesOf));
}

interface Route {
  readonly path: string;
  readonly method: RequestMethod;
}

type Controller = new (...args: never[]) => object;

function ownControllers(modules: ModulesContainer): Controller[] {
  return [...modules.values()]
    .flatMap(({ controllers }) => [...controllers.values()])
    .map(({ metatype }) => metatype as Controller)
    .filter((controller) => isOwnController(controller));
}

function routesOf(controller: Controller): Route[] {
  const base = Reflect.getMetadata('path', controller) as string;
  return handlersOf(controller).flatMap(({ handler }) => {
    const method = Reflect.getMetadata('method', handler) as RequestMethod;
    const paths = [Reflect.getMetadata('path', handler) as string | string[]].flat();
    return paths.map((path) => ({ path: joined(base, path), method }));
  });
}

function joined(base: string, path: string): string {
  return `/${base}/${path}`.replace(/\/+/g, '/').replace(/\/$/, '');
}

/** The types of the parameters of its routes. */
function typesOf(controller: Controller): unknown[] {
  return handlersOf(controller).flatMap(
    ({ name }) =>
      (Reflect.getMetadata('design:paramtypes', controller.prototype as object, name) ??
        []) as unknown[],
  );
}

function handlersOf({ prototype }: Controller): { name: string; handler: object }[] {
  return Object.getOwnPropertyNames(prototype)
    .map((name) => ({ name, handler: (prototype as Record<string, object>)[name] as object }))
    .filter(({ handler }) => Reflect.hasMetadata('method', handler));
}

/** Matches a path, whose parameters are written as `:id`. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '[.]').replace(/:\w+/g, '[^/]+')}/?$`);
}
