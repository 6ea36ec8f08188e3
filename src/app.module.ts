import { Module, type DynamicModule } from '@nestjs/common';
import { ActivityModule, RecordedEvent } from './activity/index.js';
import { AdminModule } from './admin/index.js';
import { WHOLE_SERVER } from './app.paths.js';
import { AuthModule } from './auth/index.js';
import { MailModule, OutgoingMail, type MailTexts } from './mail/index.js';
import type { Config } from './platform/config/index.js';
import { OtherServicesModule } from './other-services/index.js';
import { JobsModule } from './platform/jobs/index.js';
import { PlatformModule, type PlatformOptions } from './platform/platform.module.js';
import { PersonalDataModule } from './personal-data/index.js';
import { Revocation, Session, SessionsModule } from './sessions/index.js';
import { User, UsersModule } from './users/index.js';

export interface AppModuleOptions extends Omit<PlatformOptions, 'entities'> {
  /** A team's own texts of mails. */
  readonly mailTexts?: MailTexts;
}

/** TypeORM's own name for the data source of an application that has one. */
export const ONLY_DATA_SOURCE = 'default';

/** All modules of the server. */
@Module({})
export class AppModule {
  static forRoot(options: AppModuleOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [JobsModule, ...modules(options)],
      exports: [AuthModule, SessionsModule],
    };
  }

  /**
   * For a short-lived command that runs beside servers: without scheduled jobs, such as deleting
   * expired rows.
   */
  static forCommand(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: modules({
        config: { useFactory: () => config },
        paths: WHOLE_SERVER,
        dataSource: ONLY_DATA_SOURCE,
        logger: 'none',
      }),
    };
  }
}

function modules({
  mailTexts,
  ...options
}: AppModuleOptions): (DynamicModule | typeof AuthModule)[] {
  return [
    PlatformModule.forRoot({
      ...options,
      entities: [User, Session, Revocation, RecordedEvent, OutgoingMail],
    }),
    UsersModule,
    SessionsModule,
    AuthModule,
    MailModule.forRoot(mailTexts),
    ActivityModule,
    AdminModule,
    PersonalDataModule,
    OtherServicesModule,
  ];
}
