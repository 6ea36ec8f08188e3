import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { ActivityModule } from './activity/index.js';
import { AdminModule } from './admin/index.js';
import { AuthModule } from './auth/index.js';
import { Clock } from './platform/clock/index.js';
import type { Config } from './platform/config/index.js';
import { PlatformModule } from './platform/platform.module.js';
import { SessionsModule } from './sessions/index.js';
import { UsersModule } from './users/index.js';

/** The table of contents. */
@Module({})
export class AppModule {
  /** A team's own modules go into `imports` beside this one; see docs/extending.md. */
  static forRoot(config: Config, clock = new Clock()): DynamicModule {
    return { module: AppModule, imports: [ScheduleModule.forRoot(), ...features(config, clock)] };
  }

  /**
   * For a command that ends in a moment, beside servers: it does nothing by itself, such as
   * deleting what is over.
   */
  static forCommand(config: Config): DynamicModule {
    return { module: AppModule, imports: features(config, new Clock()) };
  }
}

function features(config: Config, clock: Clock): (DynamicModule | Type)[] {
  return [
    PlatformModule.forRoot(config, clock),
    UsersModule,
    SessionsModule,
    AuthModule,
    ActivityModule,
    AdminModule.forRoot(config),
  ];
}
