export {
  Config,
  isForTlsAlone,
  MAIL_NOTICES,
  type Environment,
  type MailConfig,
  type MailNotice,
  type OpenIdConnectConfig,
  type TracingConfig,
} from './config.js';
export { ConfigurationError } from './configuration-error.js';
export { provideForDevelopment } from './development.js';
export { readEnvironment } from './environment.js';
export { configOf, type EvergreenOptions } from './options.js';
export { loadConfig } from './load-config.js';
export { describeMisspellings } from './misspellings.js';
export { MAX_ACCESS_SECONDS, MAX_CLOCK_TOLERANCE_SECONDS } from './variables.js';
