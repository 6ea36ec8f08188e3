import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EvergreenModule, type EvergreenOptions } from 'evergreen-auth';
import { Quote } from './quote.entity.js';
import { QuotesController } from './quotes.controller.js';
import { CreateQuotes1780000000000 } from './quotes.migration.js';

/**
 * An application that existed before: on Express, with its own data source, which stays the default
 * one. Evergreen has another, on the same database.
 */
@Module({})
export class AppModule {
  static with(options: EvergreenOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [
        TypeOrmModule.forRoot({
          type: 'postgres',
          url: options.database.url,
          autoLoadEntities: true,
          migrations: [CreateQuotes1780000000000],
          migrationsTableName: 'quotes_migrations',
          migrationsRun: true,
        }),
        TypeOrmModule.forFeature([Quote]),
        EvergreenModule.forRoot(options),
      ],
      controllers: [QuotesController],
    };
  }
}
