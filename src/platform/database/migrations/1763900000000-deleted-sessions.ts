import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A session whose row is deleted, by hand or with its user, ends everywhere at once as any other:
 * its access tokens would be good for their whole life without a row of the blacklist and a notice.
 * The form of both is that of `sessions/revocation/revocation.statements.ts`.
 */
export class DeletedSessions1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // A transaction may have revoked an epoch of the session before it deletes it. The tables are
    // found wherever these are, whatever the search path of whoever deletes.
    await runner.query(`
      CREATE FUNCTION evergreen_end_deleted_session() RETURNS trigger
      LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
      BEGIN
        INSERT INTO revocations (transaction_id, session_id, user_id, lowest_epoch, expires_at)
        VALUES (pg_current_xact_id()::text::bigint, OLD.id, OLD.user_id, NULL, clock_timestamp() + interval '24 hours')
        ON CONFLICT (transaction_id, session_id) DO UPDATE SET lowest_epoch = NULL;
        PERFORM pg_notify('evergreen_revocations',
          json_build_object('sessionId', OLD.id, 'userId', OLD.user_id, 'lowestEpoch', NULL)::text);
        RETURN OLD;
      END $$`);
    // The condition is looked at before the function is called: the clean-up deletes what is over,
    // and pays a comparison a row.
    await runner.query(`
      CREATE TRIGGER end_deleted_session BEFORE DELETE ON sessions FOR EACH ROW
      WHEN (OLD.revoked_at IS NULL AND OLD.expires_at > clock_timestamp())
      EXECUTE FUNCTION evergreen_end_deleted_session()`);
    // TRUNCATE, also of users with CASCADE, looks at no row.
    await runner.query(`
      CREATE FUNCTION evergreen_delete_sessions() RETURNS trigger
      LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
      BEGIN
        DELETE FROM sessions;
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER end_truncated_sessions BEFORE TRUNCATE ON sessions FOR EACH STATEMENT
      EXECUTE FUNCTION evergreen_delete_sessions()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TRIGGER end_truncated_sessions ON sessions`);
    await runner.query(`DROP TRIGGER end_deleted_session ON sessions`);
    await runner.query(`DROP FUNCTION evergreen_delete_sessions()`);
    await runner.query(`DROP FUNCTION evergreen_end_deleted_session()`);
  }
}
