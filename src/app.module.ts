import { Module, type DynamicModule } from '@nestjs/common';
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
  /**
   * A team's own modules go into `imports` beside this one; see docs/extending.md.
   *
   * @param cleansUp whether what is over is deleted every ten minutes, which is for servers, not for a command that ends in a second
   */
  static forRoot(config: Config, { clock = new Clock(), cleansUp = true } = {}): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.forRoot(config, clock, cleansUp),
        UsersModule,
        SessionsModule,
        AuthModule,
        ActivityModule,
        AdminModule.forRoot(config),
      ],
    };
  }
}
