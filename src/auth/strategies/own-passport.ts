import { Injectable } from '@nestjs/common';
import passport from 'passport';

/** What strategies look at: the token that a request presents. */
export interface Presented {
  readonly token: string;
}

/**
 * Passport with the strategies of this application alone. Its default instance is one for the whole
 * process: of two applications in it, both would judge by the keys of the later one.
 */
@Injectable()
export class OwnPassport extends passport.Authenticator {
  /**
   * Lets a strategy judge a token: the token as it was read, or false where it is no good.
   *
   * @throws what the strategy throws
   */
  judge<Token>(strategy: string, token: string): Promise<Token | false> {
    return new Promise((resolve, reject) => {
      const settle = (error: Error | null, judged: Token | false) =>
        error ? reject(error) : resolve(judged);
      const authenticate = this.authenticate(strategy, { session: false }, settle) as Authenticate;
      // Not the request itself: Passport adds members of its own to what it is given.
      authenticate({ token }, {}, reject);
    });
  }
}

/** As far as a strategy needs it that redirects nobody and answers nothing by itself. */
type Authenticate = (request: Presented, response: object, next: (error: Error) => void) => void;
