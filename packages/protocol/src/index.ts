export {
  challengeOf,
  describeError,
  type ErrorCode,
  type ErrorDescription,
  ERRORS,
  isAboutProof,
  proofChallenge,
} from './error-codes.js';
export {
  decideFreshProof,
  FRESH_PROOF_SECONDS,
  type FreshProofDecision,
  type FreshProofFacts,
} from './fresh-proof.js';
export { HEADERS, type HeaderName, type LowerCaseHeaderName } from './headers.js';
export {
  problemDocument,
  type ProblemFacts,
  problemHeaders,
  type FieldError,
  type ProblemDocument,
} from './problem-document.js';
export {
  defaultAutoRenewMaxSeconds,
  isDueForRenewal,
  renewedExpiresAt,
  type RenewalPolicy,
  type RenewalRequest,
} from './renewal.js';
export {
  type Chain,
  type Child,
  decideRotation,
  FIRST_TOKEN,
  firstChildOf,
  MAX_REMEMBERED_TOKENS,
  newChain,
  type PresentedToken,
  REFUSAL_CODES,
  type Rotation,
  type RotationPolicy,
  type RotationState,
  type Superseded,
  type TokenPlace,
} from './rotation.js';
export {
  RevokedSessions,
  type RevocationNotice,
  type RevokedEntry,
  type SessionStatus,
  type TokenFacts,
} from './revoked-sessions.js';
export type { FeedEvents, FeedProof, FeedRevocation, FeedSnapshot } from './feed.js';
export { slidingExpiresAt } from './expiry.js';
export {
  type ActiveToken,
  type Binding,
  BINDINGS,
  type Introspection,
  type ListedSession,
  REFRESH_OUTCOMES,
  type RefreshOutcomeName,
  type RotationOutcomeName,
  type SessionList,
  TOKEN_TYPES,
  type TokenResponse,
  type TokenType,
  type Transport,
  type User,
  type VerifyResponse,
} from './wire.js';
