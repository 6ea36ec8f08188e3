/** Where a verifier reports what an operator should know; never a token. `console` is one. */
export interface Logger {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Reports only what somebody must do something about. */
export const QUIET_LOGGER: Logger = {
  info: () => undefined,
  warn: (message) => process.emitWarning(message, { type: 'EvergreenResource' }),
  error: (message) => process.emitWarning(message, { type: 'EvergreenResource' }),
};
