/** What has become of sessions that were to be ended, one after the other. */
export interface Endings {
  readonly ended: number;
  readonly failed: number;
  /** Why the first of those that could not be ended could not. */
  readonly error: unknown;
}

/** Ends each session, also after one could not be ended; never rejects. */
export async function endEach<Session>(
  sessions: readonly Session[],
  end: (session: Session) => Promise<void>,
): Promise<Endings> {
  const errors: unknown[] = [];
  for (const session of sessions) await end(session).catch((error: unknown) => errors.push(error));
  return {
    ended: sessions.length - errors.length,
    failed: errors.length,
    error: errors[0],
  };
}
