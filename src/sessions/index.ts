export { SessionsModule } from './sessions.module.js';
export { SessionsService, type RefreshOutcome, type Standing } from './sessions.service.js';
export type { LiveSession, SessionClient, SessionGrant } from './session.js';
export { Session, type Transport } from './persistence/session.entity.js';
