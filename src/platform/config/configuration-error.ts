/** The configuration cannot be used. The message names everything at fault, one a line. */
export class ConfigurationError extends Error {
  constructor(faults: readonly string[]) {
    super(
      `Evergreen cannot start, its configuration is at fault:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
    this.name = 'ConfigurationError';
  }
}
