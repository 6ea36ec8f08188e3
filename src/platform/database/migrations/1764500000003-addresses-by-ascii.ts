import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Addresses are compared by the letters of ASCII, whatever the database's locale: in a Turkish one
 * `lower('I')` is no `i`, so that `INFO@…` and `info@…` were two accounts. The older index stays for
 * versions that look addresses up by it.
 */
export class AddressesByAscii1764500000003 implements MigrationInterface {
  /** No index is made beside writing within a transaction. */
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`SET lock_timeout = 0`);
    // An attempt that failed leaves one that is not valid.
    await runner.query(`DROP INDEX IF EXISTS users_address_key`);
    await runner.query(
      `CREATE UNIQUE INDEX CONCURRENTLY users_address_key ON users (lower(email COLLATE "C"))`,
    );
    await runner.query(`RESET lock_timeout`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX users_address_key`);
  }
}
