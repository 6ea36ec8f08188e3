import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from 'evergreen-auth';
import { DataSource } from 'typeorm';
import { CreateNotes1790000000000 } from './notes.migration.js';

/** Any number that nothing else locks in this database. */
const MIGRATION_LOCK = 7_266_483;

/**
 * Creates and changes the tables of this module before the application listens. The tables of
 * Evergreen are there by then, so foreign keys to them are possible.
 */
@Injectable()
export class NotesSchema implements OnModuleInit {
  constructor(private readonly config: Config) {}

  async onModuleInit(): Promise<void> {
    const dataSource = new DataSource({
      type: 'postgres',
      url: this.config.database.directUrl,
      migrations: [CreateNotes1790000000000],
      migrationsTableName: 'notes_migrations',
      // The lock belongs to the one connection, which ends with the data source.
      poolSize: 1,
    });
    await dataSource.initialize();
    try {
      // Of several instances that start at the same time one migrates, and the others wait.
      await dataSource.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
      await dataSource.runMigrations();
    } finally {
      await dataSource.destroy();
    }
  }
}
