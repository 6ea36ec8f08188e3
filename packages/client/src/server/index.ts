export { type PageRequest, sessionFrom, type SessionFromOptions } from './session-from.js';
