/**
 * The public API of the package `evergreen-auth`: what a team needs to run the server together with
 * its own modules. `docs/extending.md` has an example.
 *
 * ```ts
 * const { environment, stop } = await provideForDevelopment(readEnvironment(process.env));
 * const config = loadConfig(environment);
 * const app = await createApp(config, { modules: [NotesModule] });
 * await listen(app, config);
 * ```
 */

// Evergreen in an existing application; see docs/existing-application.md.
export {
  EvergreenModule,
  type EvergreenAsyncOptions,
  type MountOptions,
} from './evergreen.module.js';
export { serveDocumentation } from './app.documentation.js';
export { fastifyOptions } from './platform/http/index.js';
export { NestLogger } from './platform/logging/index.js';

// Evergreen as a server of its own, with a team's modules.
export { createApp, type AppOptions } from './app.setup.js';
export type { Configure } from './app.configure.js';
export { listen } from './app.listen.js';
export { shutDown } from './app.shutdown.js';

// The configuration. `Config` can be injected.
export {
  Config,
  ConfigurationError,
  loadConfig,
  provideForDevelopment,
  readEnvironment,
  type Environment,
  type EvergreenOptions,
} from './platform/config/index.js';

// For controllers. Every route needs an access token unless it is `@Public()`.
export {
  callerOf,
  CurrentSession,
  CurrentUser,
  NoRenewal,
  Public,
  type Caller,
  type CallingUser,
  type Principal,
} from './platform/caller/index.js';
export { RequestLimits, type RouteLimits } from './platform/http/index.js';
export { ApiProblems } from './platform/documentation/index.js';
export {
  defineProblems,
  Problem,
  type ErrorCode,
  type FieldError,
  type OwnErrorDescription,
  type OwnProblem,
  type OwnProblems,
} from './platform/errors/index.js';

// To be notified when sessions end.
export { SessionEndings, SessionsModule, type SessionEnded } from './sessions/index.js';
// `AccessTokens.verify(token)` is for handshakes; `AuthService` deactivates users.
export { AccessTokens, AuthModule, AuthService } from './auth/index.js';
// To sign users in by a proof of your own; see docs/providers.md.
export {
  Identities,
  LoginProvider,
  SignIn,
  type Identity,
  type LinkedIdentity,
  type LoginProviderClass,
  type LoginProviderOptions,
  type LoginStrategy,
  type ProvidedIdentity,
  type SignInProof,
} from './auth/index.js';
// `Users` finds users, and changes their roles and metadata. `@Roles()` and session hooks: see
// docs/extending.md.
export {
  Roles,
  SessionHook,
  Users,
  type BeforeRefresh,
  type BeforeSignIn,
  type ClaimsHook,
  type HookDecision,
  type RoleChange,
  type SignInRequest,
} from './auth/index.js';
export type { SessionFacts } from './sessions/index.js';
// Step-up: routes that need a recent proof of who the user is, and ways to prove it.
export {
  ReauthenticationProof,
  RequireProof,
  RequireRecentLogin,
  type ReauthenticationVerifier,
} from './auth/index.js';
// Security events. Listen to all with `@OnEvent('security.*')`, or to one type, such as
// `security.new_device`; see docs/security-events.md.
export { OnEvent } from '@nestjs/event-emitter';
export type { SecurityEvent, SecurityEventType } from './platform/events/index.js';

// Your own texts of mails; see docs/mail.md.
export {
  composeMail,
  type MailContent,
  type MailKind,
  type MailPart,
  type MailParts,
  type MailTemplate,
  type MailTemplates,
  type MailText,
  type MailTexts,
} from './mail/index.js';

// The clock. It can be injected, and tests can move it.
export { Clock } from './platform/clock/index.js';

// The entities, for relations of a team's own entities. Write to their tables only through the API.
export { User, type UserAccount, type UserProfile } from './users/index.js';
export { Session } from './sessions/index.js';
