import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateQuotes1780000000000 implements MigrationInterface {
  name = 'CreateQuotes1780000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE TABLE quotes (id serial PRIMARY KEY, text text NOT NULL, added_by uuid NOT NULL)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE quotes');
  }
}
