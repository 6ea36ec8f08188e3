import { UsersAndSessions1763600000000 } from './1763600000000-users-and-sessions.js';
import { Revocations1763700000000 } from './1763700000000-revocations.js';

/** In order. A migration that has been released is never edited. */
export const MIGRATIONS = [UsersAndSessions1763600000000, Revocations1763700000000];
