import {
  RESPONSE_WITHIN_MS,
  CONNECTION_WITHIN_MS,
  LOCK_QUEUE_WITHIN_MS,
  LOCK_WITHIN_MS,
  PIPELINE_LOCK_WITHIN_MS,
  PRIMARY_RESPONSE_WITHIN_MS,
  STATEMENT_WITHIN_MS,
} from './time-limits.js';

describe('time limits of the database', () => {
  it('let the server refuse a lock before it gives up on the statement', () => {
    expect(PIPELINE_LOCK_WITHIN_MS).toBeLessThan(LOCK_WITHIN_MS);
    expect(LOCK_WITHIN_MS).toBeLessThan(STATEMENT_WITHIN_MS);
  });

  it('let the server give up on a statement before its connection counts as dead', () => {
    expect(STATEMENT_WITHIN_MS).toBeLessThan(RESPONSE_WITHIN_MS);
  });

  it('leave time to connect to the primary when another server did not answer', () => {
    expect(PRIMARY_RESPONSE_WITHIN_MS).toBeLessThan(CONNECTION_WITHIN_MS);
  });

  it('answer who waits in the queue for locks no later than who is silent', () => {
    expect(LOCK_QUEUE_WITHIN_MS + CONNECTION_WITHIN_MS + LOCK_WITHIN_MS).toBeLessThanOrEqual(
      RESPONSE_WITHIN_MS,
    );
  });
});
