import { Logger } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

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

/** As Nest says, a microservice has the global guard only with `inheritAppConfig`. */
export function warnOfUnguarded(app: NestFastifyApplication): void {
  const config = app.get(ApplicationConfig, { strict: false });
  const services = app.getMicroservices() as unknown as { applicationConfig: ApplicationConfig }[];
  if (services.every(({ applicationConfig }) => applicationConfig === config)) return;
  new Logger('Evergreen').warn(
    'A microservice answers messages without a token: it was connected without { inheritAppConfig: true }.',
  );
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
