import { randomBytes } from 'node:crypto';
import type { EvergreenOptions } from '../platform/config/index.js';

/**
 * Options for tests, for `EvergreenModule.forRoot` too: quick password hashes, no limits, a new
 * secret, no log.
 */
export function testOptions(databaseUrl: string): EvergreenOptions {
  return {
    environment: 'development',
    logLevel: 'silent',
    database: { url: databaseUrl },
    tokens: { secret: randomBytes(32).toString('hex') },
    passwords: { bcryptCost: 4 },
    limits: {
      refreshPerSession: 0,
      unknownPerNetwork: 0,
      loginPerAccountAndNetwork: 0,
      loginPerNetwork: 0,
    },
  };
}
