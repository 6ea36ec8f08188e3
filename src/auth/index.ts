export { documentClearedCookies, TOKEN_SCHEMES } from './auth.documentation.js';
export { PasswordResetService } from './account/password-reset.service.js';
export { AuthModule } from './auth.module.js';
export { AuthService } from './auth.service.js';
export { clientOf } from './client-info/client.decorator.js';
export { AccessTokens } from './guards/access-tokens.js';
export { AccessGuard } from './guards/access.guard.js';
export { RequireRecentLogin } from './step-up/recent-login.guard.js';
export {
  ReauthenticationProof,
  type ReauthenticationVerifier,
} from './step-up/reauthentication-proofs.js';
export { tokenFromHeader } from './strategies/bearer-token.js';
