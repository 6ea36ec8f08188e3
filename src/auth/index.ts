export { documentClearedCookies, TOKEN_SCHEMES } from './auth.documentation.js';
export { AccountDeletionService } from './account/account-deletion.service.js';
export { PasswordResetService } from './account/password-reset.service.js';
export { RequireProof, type RequiredProof } from './bound-sessions/require-proof.decorator.js';
export { AuthModule } from './auth.module.js';
export { AuthService } from './auth.service.js';
export { clientOf } from './client-info/client.decorator.js';
export { areIdentityNames } from './identities/identity-names.js';
export { Identities, type Identity, type LinkedIdentity } from './identities/identities.js';
export {
  LoginProvider,
  type LoginProviderClass,
  type LoginProviderOptions,
  type LoginStrategy,
  type ProvidedIdentity,
} from './providers/login-provider.js';
export { LoginProviders } from './providers/login-providers.js';
export { SignIn, type SignInProof } from './sign-in.js';
export { AccessTokens } from './guards/access-tokens.js';
export { AccessGuard } from './guards/access.guard.js';
export { Roles } from './guards/roles.guard.js';
export {
  SessionHook,
  type BeforeRefresh,
  type BeforeSignIn,
  type ClaimsHook,
  type HookDecision,
  type SignInRequest,
} from './hooks/session-hook.js';
export { Users, type RoleChange } from './users.js';
export { RequireRecentLogin } from './step-up/recent-login.guard.js';
export {
  ReauthenticationProof,
  type ReauthenticationVerifier,
} from './step-up/reauthentication-proofs.js';
export { tokenFromHeader } from './strategies/bearer-token.js';
export type { AccessToken } from './tokens/claims.js';
export { isRecent } from './tokens/expiry.js';
export { unverifiedClaims } from './tokens/unverified-claims.js';
