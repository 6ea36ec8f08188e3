import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A session whose row is deleted ends whether or not that can be announced. A notice is sent at the
 * commit, which fails where the queue is full, and any role that listens and idles in a transaction
 * can fill it. Here is no later statement to send it, so it is left out while the queue is half
 * full; instances read the row within a second then. The notice is empty: instances read, and
 * believe no notice.
 */
export class AnnouncedDeletions1764500000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE OR REPLACE FUNCTION evergreen_end_deleted_session() RETURNS trigger
      LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
      BEGIN
        INSERT INTO revocations (transaction_id, session_id, user_id, lowest_epoch, expires_at)
        VALUES (pg_current_xact_id()::text::bigint, OLD.id, OLD.user_id, NULL, clock_timestamp() + interval '24 hours 5 minutes')
        ON CONFLICT (transaction_id, session_id) DO UPDATE SET lowest_epoch = NULL;
        IF pg_notification_queue_usage() < 0.5 THEN
          PERFORM pg_notify('evergreen_revocations_written', '');
        END IF;
        RETURN OLD;
      END $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE OR REPLACE FUNCTION evergreen_end_deleted_session() RETURNS trigger
      LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
      BEGIN
        INSERT INTO revocations (transaction_id, session_id, user_id, lowest_epoch, expires_at)
        VALUES (pg_current_xact_id()::text::bigint, OLD.id, OLD.user_id, NULL, clock_timestamp() + interval '24 hours')
        ON CONFLICT (transaction_id, session_id) DO UPDATE SET lowest_epoch = NULL;
        PERFORM pg_notify('evergreen_revocations',
          json_build_object('sessionId', OLD.id, 'userId', OLD.user_id, 'lowestEpoch', NULL)::text);
        RETURN OLD;
      END $$`);
  }
}
