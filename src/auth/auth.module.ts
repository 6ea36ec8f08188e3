import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { MailModule } from '../mail/index.js';
import { SessionsModule } from '../sessions/index.js';
import { UsersModule } from '../users/index.js';
import { AccountDeletionController } from './account/account-deletion.controller.js';
import { AccountDeletionService } from './account/account-deletion.service.js';
import { AccountMails } from './account/account-mails.js';
import { AccountController } from './account/account.controller.js';
import { AddressChangeService } from './account/address-change.service.js';
import { AddressProofService } from './account/address-proof.service.js';
import { BackgroundWork } from './account/background-work.js';
import { EarlierAccess } from './account/earlier-access.js';
import { MailLimit } from './account/mail-limit.js';
import { PasswordResetService } from './account/password-reset.service.js';
import { FreshProof } from './step-up/fresh-proof.js';
import { ReauthenticationController } from './step-up/reauthentication.controller.js';
import { ReauthenticationProofs } from './step-up/reauthentication-proofs.js';
import { ReauthenticationService } from './step-up/reauthentication.service.js';
import { AuthMetrics } from './responses/auth-metrics.js';
import { RefreshLog } from './responses/refresh-log.js';
import { TokenResponder } from './responses/token-responder.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { BoundSessionsModule } from './bound-sessions/bound-sessions.module.js';
import { AccountPseudonyms } from './client-info/account-pseudonyms.js';
import { RequestClients } from './client-info/request-clients.js';
import { AccessGuard } from './guards/access.guard.js';
import { AccessTokens } from './guards/access-tokens.js';
import { Handshakes } from './guards/handshakes.js';
import { PresentedAccessToken } from './guards/presented-access-token.js';
import { RefreshGuard } from './guards/refresh.guard.js';
import { HooksModule } from './hooks/hooks.module.js';
import { Identities } from './identities/identities.js';
import { LimitsModule } from './limits/limits.module.js';
import { SessionLimitGuard, UnknownTokenLimitGuard } from './limits/refresh-limits.js';
import { ProofsModule } from './proofs/proofs.module.js';
import { IdentitiesController } from './providers/identities.controller.js';
import { LoginProviders } from './providers/login-providers.js';
import { ProviderFlow } from './providers/provider-flow.js';
import { ProviderSignIn } from './providers/provider-sign-in.js';
import { ProvidersController } from './providers/providers.controller.js';
import { SignInFlows } from './providers/sign-in-flow.js';
import { PresentedRefreshToken } from './refresh-cookie/presented-refresh-token.js';
import { RefreshCookie } from './refresh-cookie/refresh-cookie.js';
import { RenewalModule } from './renewal/renewal.module.js';
import { SignIn } from './sign-in.js';
import { StrategiesModule } from './strategies/strategies.module.js';
import { TokensModule } from './tokens/tokens.module.js';
import { Users } from './users.js';
import { WellKnownController } from './well-known.controller.js';

/** Authentication: routes, guards, strategies and tokens. */
@Module({
  imports: [
    DiscoveryModule,
    TokensModule,
    StrategiesModule,
    BoundSessionsModule,
    RenewalModule,
    HooksModule,
    LimitsModule,
    ProofsModule,
    MailModule,
    UsersModule,
    SessionsModule,
  ],
  controllers: [
    AuthController,
    AccountController,
    AccountDeletionController,
    ProvidersController,
    IdentitiesController,
    ReauthenticationController,
    WellKnownController,
  ],
  providers: [
    AuthService,
    FreshProof,
    ReauthenticationService,
    ReauthenticationProofs,
    SignIn,
    Identities,
    LoginProviders,
    ProviderFlow,
    ProviderSignIn,
    SignInFlows,
    Users,
    PasswordResetService,
    AddressProofService,
    AddressChangeService,
    AccountDeletionService,
    EarlierAccess,
    MailLimit,
    AccountMails,
    BackgroundWork,
    AccountPseudonyms,
    AuthMetrics,
    RefreshLog,
    RequestClients,
    TokenResponder,
    RefreshCookie,
    PresentedRefreshToken,
    RefreshGuard,
    SessionLimitGuard,
    UnknownTokenLimitGuard,
    AccessGuard,
    AccessTokens,
    Handshakes,
    PresentedAccessToken,
  ],
  exports: [
    AccessGuard,
    AccessTokens,
    AccountDeletionService,
    AuthService,
    PasswordResetService,
    SignIn,
    Identities,
    LoginProviders,
    Users,
  ],
})
export class AuthModule {}
