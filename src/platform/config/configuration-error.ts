/** The configuration is invalid. The message lists every invalid variable, one per line. */
export class ConfigurationError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(
      `Evergreen cannot start, because its configuration is invalid:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
    this.name = 'ConfigurationError';
  }
}
