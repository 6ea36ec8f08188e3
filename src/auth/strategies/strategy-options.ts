import type { KeyObject } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { StrategyOptionsWithoutRequest } from 'passport-jwt';
import type { Config } from '../../platform/config/index.js';
import { ALGORITHMS, keyNameOf } from '../tokens/jose-header.js';
import type { TokenKind } from '../tokens/keys/token-key.js';
import type { TokenKeys } from '../tokens/token-keys.js';

/** What both strategies ask of a token before they look at its claims. */
export function strategyOptions(
  kind: TokenKind,
  tokenOf: (request: FastifyRequest) => string | null,
  keys: TokenKeys,
  { tokens }: Config,
): StrategyOptionsWithoutRequest {
  const options = {
    jwtFromRequest: tokenOf,
    secretOrKeyProvider: (_: unknown, token: string, done: (error: Error | null, key?: KeyObject) => void) => {
      const name = keyNameOf(token, kind);
      const key = name && keys.verifying(kind, name);
      done(key ? null : new Error('no key of ours'), key);
    },
    algorithms: ALGORITHMS,
    issuer: tokens.issuer,
    audience: tokens.audience,
    // Expiry is judged in `validate`, by the injected clock.
    ignoreExpiration: true,
  };
  // The types know neither Fastify's requests nor key objects; the library takes both.
  return options as unknown as StrategyOptionsWithoutRequest;
}
