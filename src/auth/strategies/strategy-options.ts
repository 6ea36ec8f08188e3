import type { KeyObject } from 'node:crypto';
import type { StrategyOptionsWithoutRequest } from 'passport-jwt';
import type { Config } from '../../platform/config/index.js';
import type { TokenKind } from '../tokens/keys/token-key.js';
import { ALGORITHMS, keyNameOf } from '../tokens/token-header.js';
import type { TokenKeys } from '../tokens/token-keys.js';
import type { Presented } from './own-passport.js';

/** What both strategies ask of a token before they look at its claims. */
export function strategyOptions(
  kind: TokenKind,
  keys: TokenKeys,
  { tokens }: Config,
): StrategyOptionsWithoutRequest {
  const options = {
    jwtFromRequest: ({ token }: Presented) => token,
    secretOrKeyProvider: (_: Presented, token: string, done: KeyFound) => {
      // The library takes other spellings of a token, too, and any member of its header.
      const name = keyNameOf(token, kind);
      const key = name && keys.verifying(kind, name);
      done(key ? null : new Error('The token names no key of ours.'), key);
    },
    algorithms: ALGORITHMS,
    issuer: tokens.issuer,
    audience: tokens.audience,
    // The library goes by the clock of the system; `validate` goes by the injected one.
    ignoreExpiration: true,
  };
  // Its types know neither key objects nor requests that are not Express's; it takes both.
  return options as unknown as StrategyOptionsWithoutRequest;
}

type KeyFound = (error: Error | null, key?: KeyObject) => void;
