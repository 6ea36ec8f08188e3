import { UsersAndSessions1763600000000 } from './1763600000000-users-and-sessions.js';
import { Revocations1763700000000 } from './1763700000000-revocations.js';
import { SecurityEvents1763800000000 } from './1763800000000-security-events.js';
import { SessionFingerprint1763800000001 } from './1763800000001-session-fingerprint.js';
import { DeletedSessions1763900000000 } from './1763900000000-deleted-sessions.js';
import { SessionTransport1764400000000 } from './1764400000000-session-transport.js';
import { SessionPreviousIp1764500000000 } from './1764500000000-session-previous-ip.js';
import { AnnouncedDeletions1764500000001 } from './1764500000001-announced-deletions.js';
import { SessionsEndBefore1764500000002 } from './1764500000002-sessions-end-before.js';
import { AddressesByAscii1764500000003 } from './1764500000003-addresses-by-ascii.js';
import { Mails1764600000000 } from './1764600000000-mails.js';
import { Proofs1764600000001 } from './1764600000001-proofs.js';
import { AnyProof1764700000000 } from './1764700000000-any-proof.js';
import { ClaimsVersion1764700000001 } from './1764700000001-claims-version.js';
import { Imports1764700000002 } from './1764700000002-imports.js';
import { Deletions1764700000003 } from './1764700000003-deletions.js';
import { BoundSessions1764800000000 } from './1764800000000-bound-sessions.js';

/** In order. A migration that has been released is never edited. */
export const MIGRATIONS = [
  UsersAndSessions1763600000000,
  Revocations1763700000000,
  SecurityEvents1763800000000,
  SessionFingerprint1763800000001,
  DeletedSessions1763900000000,
  SessionTransport1764400000000,
  SessionPreviousIp1764500000000,
  AnnouncedDeletions1764500000001,
  SessionsEndBefore1764500000002,
  AddressesByAscii1764500000003,
  Mails1764600000000,
  Proofs1764600000001,
  AnyProof1764700000000,
  ClaimsVersion1764700000001,
  Imports1764700000002,
  Deletions1764700000003,
  BoundSessions1764800000000,
];
