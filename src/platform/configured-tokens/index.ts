export { ConfiguredTokens } from './configured-tokens.js';
