import {
  Inject,
  Logger,
  Module,
  type DynamicModule,
  type NestModule,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { APP_GUARD, ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { AppModule, type AppModuleOptions } from './app.module.js';
import { exceptOwnRoutesFromPrefix, ownParameterTypes } from './app.own-routes.js';
import { ownPaths } from './app.paths.js';
import { AccessGuard } from './auth/index.js';
import type { MailTexts } from './mail/index.js';
import type { Clock } from './platform/clock/index.js';
import { Config, configOf, type EvergreenOptions } from './platform/config/index.js';
import { DtoPipe, ProblemFilter } from './platform/http/index.js';
import type { ConfigSource } from './platform/platform.module.js';

/** How Evergreen takes its place in an application. */
export interface MountOptions {
  /** Whether our routes also answer without `/api` and under `/api/v1`. By default they do. */
  readonly aliases?: boolean;
  /**
   * The name of TypeORM's data source for our tables, `evergreen` by default: an application has
   * its own, and `TypeOrmModule.forFeature([Note], 'evergreen')` uses ours.
   */
  readonly dataSource?: string;
  /** A clock that tests can move. */
  readonly clock?: Clock;
  /** Your own texts of mails, by language; see docs/mail.md. */
  readonly mailTexts?: MailTexts;
}

/** The options for `EvergreenModule`, made by a provider. */
export interface EvergreenAsyncOptions extends Pick<ConfigSource, 'imports' | 'inject'> {
  readonly useFactory: (
    // As in Nest's own asynchronous modules: the types of what is injected are the factory's.
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    ...dependencies: any[]
  ) => EvergreenOptions | Promise<EvergreenOptions>;
}

/**
 * Evergreen in an existing Nest application, on Fastify or on Express: routes, guard, interceptor,
 * filter, pipe, hooks and cookies. Every route of the application then needs an access token,
 * unless it is `@Public()`. See docs/existing-application.md.
 */
@Module({ providers: [{ provide: APP_GUARD, useExisting: AccessGuard }] })
export class EvergreenModule implements NestModule, OnApplicationBootstrap {
  // Not by the constructor, whose types the declarations of the package would contain.
  @Inject() private readonly application: ApplicationConfig;
  @Inject() private readonly modules: ModulesContainer;
  @Inject() private readonly guard: AccessGuard;
  @Inject() private readonly config: Config;
  @Inject() private readonly filter: ProblemFilter;
  @Inject() private readonly pipe: DtoPipe;

  /**
   * Nothing is read from the environment.
   *
   * @throws ConfigurationError at the start, for options that are invalid
   */
  static forRoot(options: EvergreenOptions, mount?: MountOptions): DynamicModule {
    return EvergreenModule.forRootAsync({ useFactory: () => options }, mount);
  }

  /** Like `forRoot`, with options that a factory makes from what is injected. */
  static forRootAsync(
    { imports, inject, useFactory }: EvergreenAsyncOptions,
    { aliases = true, dataSource = 'evergreen', clock, mailTexts }: MountOptions = {},
  ): DynamicModule {
    return EvergreenModule.of({
      config: {
        imports,
        inject,
        useFactory: async (...dependencies: unknown[]) =>
          configOf(await useFactory(...dependencies)),
      },
      paths: ownPaths({ aliases }),
      dataSource,
      clock,
      mailTexts,
    });
  }

  /** @internal For `createApp`. */
  static of(options: AppModuleOptions): DynamicModule {
    return {
      module: EvergreenModule,
      global: true,
      imports: [AppModule.forRoot(options)],
      exports: [AppModule],
    };
  }

  /**
   * Nest calls it before it registers routes, when the application is configured. Ours come first,
   * in whichever order the modules are imported: a team's guard then knows the user, and the last
   * filter is asked first, so a team's own filters get their exceptions.
   */
  configure(): void {
    putFirst(this.guard, this.application.getGlobalGuards());
    putFirst(this.filter, this.application.getGlobalFilters());
    putFirst(this.pipe, this.application.getGlobalPipes());
    if (hasOtherPipes(this.application)) this.pipe.validateOnly(ownParameterTypes(this.modules));
    exceptOwnRoutesFromPrefix(this.application, this.modules);
  }

  /** Logs settings that are probably mistakes, in every application. */
  onApplicationBootstrap(): void {
    const logger = new Logger('Evergreen');
    for (const warning of this.config.warnings) logger.warn(warning);
  }
}

/** Nest returns its own list, so its order is changed in place. */
function putFirst<Enhancer>(ours: Enhancer, all: Enhancer[]): void {
  all.sort((a, b) => Number(b === ours) - Number(a === ours));
}

/** Ours is one of them; `APP_PIPE` and `useGlobalPipes` add to the same list. */
function hasOtherPipes(application: ApplicationConfig): boolean {
  return application.getGlobalPipes().length > 1 || application.getGlobalRequestPipes().length > 0;
}
