import { Injectable } from '@nestjs/common';
import passport from 'passport';

/** What strategies receive: the token of a request. */
export interface Presented {
  readonly token: string;
}

/**
 * A Passport instance with only the strategies of this application. The default instance is one for
 * the whole process: two applications in it would both verify with the keys of the later one.
 */
@Injectable()
export class OwnPassport extends passport.Authenticator {
  /**
   * Verifies a token with a strategy: returns the claims that were read, or false if it is not
   * valid.
   *
   * @throws what the strategy throws
   */
  verify<Token>(strategy: string, token: string): Promise<Token | false> {
    return new Promise((resolve, reject) => {
      const settle = (error: Error | null, result: Token | false) =>
        error ? reject(error) : resolve(result);
      const authenticate = this.authenticate(strategy, { session: false }, settle) as Authenticate;
      // Not the request itself, since Passport adds members to this object.
      authenticate({ token }, {}, reject);
    });
  }
}

/** Enough for strategies that neither redirect nor send a response. */
type Authenticate = (request: Presented, response: object, next: (error: Error) => void) => void;
