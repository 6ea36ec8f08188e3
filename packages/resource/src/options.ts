import { systemClock, type Clock } from './time/clock.js';
import { QUIET_LOGGER, type Logger } from './logger.js';

export interface VerifierOptions {
  /** `JWT_ISSUER` of the server. */
  readonly issuer: string;
  /** `JWT_AUDIENCE` of the server. */
  readonly audience: string;
  /** The server's address, such as `https://auth.example.com`. */
  readonly server: string;
  /** The secret of this service in `SERVICE_TOKENS` of the server. */
  readonly serviceToken: string;
  /** How far the clocks of server and service may differ; 5 by default, at most 60. */
  readonly clockToleranceSeconds?: number | undefined;
  /**
   * How many revocations are kept in memory, of about 110 bytes; 500,000 by default. Beyond it the
   * server is asked for each token, until entries have expired.
   */
  readonly maxRevocations?: number | undefined;
  /** How many tokens the server is asked for at once; 100 by default. More are `unknown`. */
  readonly maxChecksAtOnce?: number | undefined;
  /** `console`, for example. By default warnings become warnings of the process. */
  readonly logger?: Logger | undefined;
  /** For tests. */
  readonly clock?: Clock | undefined;
}

export interface Settings {
  readonly issuer: string;
  readonly audience: string;
  /** Without a slash at its end. */
  readonly server: string;
  readonly serviceToken: string;
  readonly clockToleranceSeconds: number;
  readonly maxRevocations: number;
  readonly maxChecksAtOnce: number;
  readonly logger: Logger;
  readonly clock: Clock;
}

const NAMES = ['issuer', 'audience', 'server', 'serviceToken'] as const;

/** Entries of the blacklist are kept for five minutes longer than a token may live. */
const MAX_TOLERANCE_SECONDS = 60;

/** @throws TypeError that names the option at fault, and never its value */
export function settingsOf(options: VerifierOptions): Settings {
  for (const name of NAMES)
    if (typeof options[name] !== 'string' || options[name] === '')
      throw new TypeError(`createVerifier: ${name} is missing.`);
  const { clockToleranceSeconds = 5, maxRevocations = 500_000, maxChecksAtOnce = 100 } = options;
  if (!(clockToleranceSeconds >= 0 && clockToleranceSeconds <= MAX_TOLERANCE_SECONDS))
    throw new TypeError(
      `createVerifier: clockToleranceSeconds must be from 0 to ${MAX_TOLERANCE_SECONDS}.`,
    );
  if (!isCount(maxRevocations))
    throw new TypeError('createVerifier: maxRevocations must be a whole number above 0.');
  if (!isCount(maxChecksAtOnce))
    throw new TypeError('createVerifier: maxChecksAtOnce must be a whole number above 0.');
  const { issuer, audience, serviceToken, logger = QUIET_LOGGER, clock = systemClock } = options;
  if (!/^[\x21-\x7e]+$/.test(serviceToken))
    throw new TypeError('createVerifier: serviceToken contains what no header may.');
  const limits = { clockToleranceSeconds, maxRevocations, maxChecksAtOnce };
  return { issuer, audience, server: addressOf(options), serviceToken, ...limits, logger, clock };
}

function addressOf({ server }: VerifierOptions): string {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.search || url.hash)
    throw new TypeError(
      'createVerifier: server must be an address such as https://auth.example.com.',
    );
  return url.href.replace(/\/+$/, '');
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value > 0;
}
