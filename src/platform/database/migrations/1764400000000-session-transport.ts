import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A check is evaluated with each update of a row, and a refresh is one, though nothing changes this
 * column. A trigger looks only where it is written.
 */
export class SessionTransport1764400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION sessions_refuse_transport() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE check_violation USING TABLE = 'sessions', COLUMN = 'transport', CONSTRAINT = TG_NAME,
          MESSAGE = 'A session''s transport is "body" or "cookie".';
      END $$`);
    await runner.query(`ALTER TABLE sessions DROP CONSTRAINT sessions_transport_check`);
    // AFTER, as a trigger BEFORE locks each row that is updated, whichever columns it asks for.
    await runner.query(`
      CREATE CONSTRAINT TRIGGER sessions_transport_check AFTER INSERT OR UPDATE OF transport ON sessions
      FOR EACH ROW WHEN (NEW.transport NOT IN ('body', 'cookie')) EXECUTE FUNCTION sessions_refuse_transport()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TRIGGER sessions_transport_check ON sessions`);
    await runner.query(`DROP FUNCTION sessions_refuse_transport`);
    await runner.query(`
      ALTER TABLE sessions ADD CONSTRAINT sessions_transport_check CHECK (transport IN ('body', 'cookie'))`);
  }
}
