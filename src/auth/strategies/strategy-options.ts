import type { KeyObject } from 'node:crypto';
import type { StrategyOptionsWithoutRequest } from 'passport-jwt';
import type { Config } from '../../platform/config/index.js';
import type { TokenKind } from '../tokens/keys/token-key.js';
import { ALGORITHMS, keyNameOf } from '../tokens/token-header.js';
import type { TokenKeys } from '../tokens/token-keys.js';
import type { Presented } from './own-passport.js';

/** What both strategies check before they read the claims of a token. */
export function strategyOptions(
  kind: TokenKind,
  keys: TokenKeys,
  { tokens }: Config,
): StrategyOptionsWithoutRequest {
  const options = {
    jwtFromRequest: ({ token }: Presented) => token,
    secretOrKeyProvider: (_: Presented, token: string, done: KeyFound) => {
      // The library also accepts other spellings of a token, and any header member.
      const name = keyNameOf(token, kind);
      const key = name && keys.verifying(kind, name);
      done(key ? null : new Error('The token names no key of ours.'), key);
    },
    algorithms: ALGORITHMS,
    issuer: tokens.issuer,
    audience: tokens.audience,
    // The library uses the system clock; `validate` uses the injected one.
    ignoreExpiration: true,
  };
  // The library accepts key objects and requests other than Express's; its types do not.
  return options as unknown as StrategyOptionsWithoutRequest;
}

type KeyFound = (error: Error | null, key?: KeyObject) => void;
