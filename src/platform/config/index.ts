export { Config, type Environment, type TracingConfig } from './config.js';
export { provideForDevelopment } from './development.js';
export { readEnvironment } from './environment.js';
export { ConfigurationError, loadConfig } from './load-config.js';
