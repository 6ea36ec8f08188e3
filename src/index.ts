/**
 * The door of the package `evergreen-auth`: what a team needs to run the server with modules of its
 * own beside ours. `docs/extending.md` shows it at work.
 *
 * ```ts
 * const { environment, stop } = await provideForDevelopment(readEnvironment(process.env));
 * const config = loadConfig(environment);
 * const app = await createApp(config, { modules: [NotesModule] });
 * await listen(app, config);
 * ```
 */

// The application. `AppModule` is for those who set up Nest by themselves; it brings neither
// aliases nor the documentation.
export { createApp, type AppOptions } from './app.setup.js';
export { listen } from './app.listen.js';
export { shutDown } from './app.shutdown.js';
export { AppModule } from './app.module.js';

// Its configuration. `Config` can be injected.
export {
  Config,
  ConfigurationError,
  loadConfig,
  provideForDevelopment,
  readEnvironment,
  type Environment,
} from './platform/config/index.js';

// What controllers need. Every route is closed unless it is `@Public()`.
export { CurrentSession, CurrentUser, NoRenewal, Public } from './platform/caller/index.js';
export { Problem, type ErrorCode, type FieldError } from './platform/errors/index.js';

// What happens elsewhere: sessions that end, and users who are to be barred.
export { SessionEndings, SessionsModule, type SessionEnded } from './sessions/index.js';
export { AuthModule, AuthService } from './auth/index.js';
// What happens to users' security. Listen with `@OnEvent('security.*')`, or to one type:
// `security.new_device`; see docs/activity.md.
export { OnEvent } from '@nestjs/event-emitter';
export type { SecurityEvent, SecurityEventType } from './platform/events/index.js';

// The time, which tests can move. It can be injected.
export { Clock } from './platform/clock/index.js';

// The tables, for relations of a team's own entities to ours. Write to them through the API alone.
export { User, type UserProfile } from './users/index.js';
export { Session } from './sessions/index.js';
