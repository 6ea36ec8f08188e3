export { SessionsModule } from './sessions.module.js';
export { SessionEndings, type SessionEnded } from './session-endings.js';
export { Revocation } from './revocation/revocation.entity.js';
export { RevocationFeed, type FeedMark } from './revocation/revocation-feed.js';
export { RevocationHistory } from './revocation/revocation-history.js';
export { RevocationStore, type RevocationReport } from './revocation/revocation.store.js';
export type { EndedSession, RenewalState } from './persistence/session.store.js';
export { SessionDetails, toSessionDetails } from './session.dto.js';
export { SessionRefresher } from './session-refresher.js';
export { SessionsService, type SessionRequest } from './sessions.service.js';
export type {
  LiveSession,
  RefreshOutcome,
  Requester,
  SessionClient,
  SessionFacts,
  SessionGrant,
  SessionSummary,
  SessionToRestart,
} from './session.js';
export { Session } from './persistence/session.entity.js';
