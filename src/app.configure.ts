import { Logger, VersioningType, type RequestMethod } from '@nestjs/common';
import { ModulesContainer, type ApplicationConfig } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { isOwnController } from './platform/caller/index.js';
import { DtoPipe } from './platform/http/index.js';

/** What a team calls on the application before it is initialised, as Nest's manual shows it. */
export type Configure = (app: NestFastifyApplication) => void | Promise<void>;

/** Methods of the application that have no effect, or only half of it, once routes are registered. */
const BEFORE_INIT = [
  'connectMicroservice',
  'enableCors',
  'enableVersioning',
  'register',
  'setGlobalPrefix',
  'setViewEngine',
  'use',
  'useBodyParser',
  'useGlobalFilters',
  'useGlobalGuards',
  'useGlobalInterceptors',
  'useGlobalPipes',
  'useStaticAssets',
  'useWebSocketAdapter',
] as const satisfies readonly (keyof NestFastifyApplication)[];

/**
 * Lets a team configure the application. Its prefix, versions and pipes are for its own routes: ours
 * keep their paths and their validation.
 *
 * @returns whether URLs of the team's routes contain versions
 */
export async function configureTeam(
  app: NestFastifyApplication,
  configure: Configure | undefined,
): Promise<{ readonly hasVersions: boolean }> {
  await configure?.(app);
  const config = configOf(app);
  warnOfUnguarded(app, config);
  const own = ownControllers(app);
  if (config.getGlobalPrefix() !== '') excludeFromPrefix(app, config, own.flatMap(routesOf));
  if (hasOtherPipes(config))
    app.get(DtoPipe, { strict: false }).validateOnly(new Set(own.flatMap(typesOf)));
  return { hasVersions: config.getVersioning()?.type === VersioningType.URI };
}

/** From now on, what belongs into `configure` fails instead of being ignored. */
export function refuseLateConfiguration(app: NestFastifyApplication): void {
  for (const name of BEFORE_INIT)
    Object.defineProperty(app, name, {
      // Nest's proxy wraps what it finds here.
      configurable: true,
      writable: true,
      value: () => {
        throw new Error(
          `app.${name}() comes too late after createApp(): call it in the option "configure" of createApp().`,
        );
      },
    });
}

/** Nest has no getters for what it was configured with. `@nestjs/swagger` reads it in the same way. */
function configOf(app: NestFastifyApplication): ApplicationConfig {
  return (app as unknown as { config: ApplicationConfig }).config;
}

/** Ours is the first one; `APP_PIPE` and `useGlobalPipes` add to the same list. */
function hasOtherPipes(config: ApplicationConfig): boolean {
  return config.getGlobalPipes().length > 1 || config.getGlobalRequestPipes().length > 0;
}

/** As Nest says, a microservice has the global guard only with `inheritAppConfig`. */
function warnOfUnguarded(app: NestFastifyApplication, config: ApplicationConfig): void {
  const services = app.getMicroservices() as unknown as { applicationConfig: ApplicationConfig }[];
  if (services.every(({ applicationConfig }) => applicationConfig === config)) return;
  new Logger('Evergreen').warn(
    'A microservice answers messages without a token: it was connected without { inheritAppConfig: true }.',
  );
}

function excludeFromPrefix(
  app: NestFastifyApplication,
  config: ApplicationConfig,
  routes: readonly Route[],
): void {
  const given = config.getGlobalPrefixOptions();
  app.setGlobalPrefix(config.getGlobalPrefix(), { exclude: [...routes] });
  const { exclude: own = [] } = config.getGlobalPrefixOptions();
  config.setGlobalPrefixOptions({ ...given, exclude: [...(given.exclude ?? []), ...own] });
}

interface Route {
  readonly path: string;
  readonly method: RequestMethod;
}

type Controller = new (...args: never[]) => object;

function ownControllers(app: NestFastifyApplication): Controller[] {
  return [...app.get(ModulesContainer).values()]
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
  return `${base}/${path}`.replace(/\/+/g, '/').replace(/\/$/, '');
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
