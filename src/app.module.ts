import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import type { Logger } from 'pino';
import { ActivityModule } from './activity/index.js';
import { AdminModule } from './admin/index.js';
import { AuthModule } from './auth/index.js';
import { Clock } from './platform/clock/index.js';
import type { Config } from './platform/config/index.js';
import { PlatformModule } from './platform/platform.module.js';
import { SessionsModule } from './sessions/index.js';
import { UsersModule } from './users/index.js';

export interface Surroundings {
  /** Another time than the system's, for tests. */
  readonly clock?: Clock;
  /** What each request is told to, in one line; without it none is. */
  readonly logger?: Logger;
}

/** The table of contents. */
@Module({})
export class AppModule {
  /** A team's own modules go into `imports` beside this one; see docs/extending.md. */
  static forRoot(
    config: Config,
    { clock = new Clock(), logger }: Surroundings = {},
  ): DynamicModule {
    return {
      module: AppModule,
      imports: [ScheduleModule.forRoot(), ...features(config, clock, logger)],
      exports: [AuthModule],
    };
  }

  /**
   * For a command that ends in a moment, beside servers: it does nothing by itself, such as
   * deleting what is over.
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
