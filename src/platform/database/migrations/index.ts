import { UsersAndSessions1763600000000 } from './1763600000000-users-and-sessions.js';

/** In order. A migration that has been released is never edited. */
export const MIGRATIONS = [UsersAndSessions1763600000000];
