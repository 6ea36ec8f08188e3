export { type Account } from './account.js';
export { type AuthRequestInit } from './http/auth-fetch.js';
export { type Authorizer } from './http/authorizer.js';
export { type AuthClient, createAuthClient } from './client.js';
export { type AuthClock } from './clock.js';
export { AuthError, type AuthErrorKind, type Problem } from './errors.js';
export { type AuthEvents } from './events.js';
export {
  type AuthClientOptions,
  type Credentials,
  type IdentityProof,
  type Logger,
  type PasswordChange,
  type Registration,
  type TokenDemand,
} from './options.js';
export { type ResponseHead } from './http/renewal.js';
export { type SignedOutReason, type User } from './record/record.js';
export { type Snapshot } from './snapshot.js';
export { localStorageTokens } from './storage/local-storage.js';
export { type AuthStorage, type RecordStore, type StorageRead } from './storage/storage.js';
