/** The configuration is invalid. The message lists every invalid variable, one per line. */
export class ConfigurationError extends Error {
  constructor(faults: readonly string[]) {
    super(
      `Evergreen cannot start, its configuration is at fault:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
    this.name = 'ConfigurationError';
  }
}
