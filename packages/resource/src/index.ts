export type { RevocationState } from './feed/revocations.js';
export type { Logger } from './logger.js';
export type { VerifierOptions } from './options.js';
export type { Clock } from './time/clock.js';
export type { GoodToken, Verdict } from './verdict.js';
export { createVerifier, type SessionEndedListener, type Verifier } from './verifier.js';
