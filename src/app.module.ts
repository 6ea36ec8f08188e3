import { Module, type DynamicModule, type Type } from '@nestjs/common';
import type { Logger } from 'pino';
import { ActivityModule } from './activity/index.js';
import { AdminModule } from './admin/index.js';
import { AuthModule } from './auth/index.js';
import { Clock } from './platform/clock/index.js';
import type { Config } from './platform/config/index.js';
import { JobsModule } from './platform/jobs/index.js';
import { PlatformModule } from './platform/platform.module.js';
import { SessionsModule } from './sessions/index.js';
import { UsersModule } from './users/index.js';

export interface AppModuleOptions {
  /** A clock that tests can move. */
  readonly clock?: Clock;
  /** Gets one line for each request; without it, requests are not logged. */
  readonly logger?: Logger;
}

/** All modules of the server. */
@Module({})
export class AppModule {
  /** A team adds its own modules to `imports` beside this one; see docs/extending.md. */
  static forRoot(
    config: Config,
    { clock = new Clock(), logger }: AppModuleOptions = {},
  ): DynamicModule {
    return {
      module: AppModule,
      imports: [JobsModule, ...features(config, clock, logger)],
      exports: [AuthModule],
    };
  }

  /**
   * For a short-lived command that runs beside servers: without scheduled jobs, such as deleting
   * expired rows.
   */
  static forCommand(config: Config): DynamicModule {
    return { module: AppModule, imports: features(config, new Clock()) };
  }
}

function features(config: Config, clock: Clock, logger?: Logger): (DynamicModule | Type)[] {
  return [
    PlatformModule.forRoot(config, clock, logger),
    UsersModule,
    SessionsModule,
    AuthModule,
    ActivityModule,
    AdminModule.forRoot(config),
  ];
}
