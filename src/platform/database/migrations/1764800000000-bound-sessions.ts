import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The key that a session is bound to; null, as in all sessions before, if it is bound to none. A
 * proof that counts once is remembered until it is too old to be accepted: its table is unlogged,
 * since a write of it is on the way of a request, and losing it in a crash makes proofs of the last
 * minutes good once more, for nobody but the holder of the key.
 */
export class BoundSessions1764800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE sessions ADD COLUMN key_thumbprint text`);
    await runner.query(`
      CREATE UNLOGGED TABLE used_possession_proofs (
        key_thumbprint text,
        proof_id       text,
        expires_at     timestamptz NOT NULL,
        PRIMARY KEY (key_thumbprint, proof_id)
      )`);
    await runner.query(
      `CREATE INDEX used_possession_proofs_expires_at_idx ON used_possession_proofs (expires_at)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE used_possession_proofs`);
    await runner.query(`ALTER TABLE sessions DROP COLUMN key_thumbprint`);
  }
}
