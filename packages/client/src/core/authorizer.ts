import { claimsOf } from './claims.js';
import { AuthError, type Problem } from './errors.js';
import type { Keeper } from './keeper.js';
import type { Patience } from './options.js';
import type { Answer, Renewals } from './renewal.js';
import type { SharedRecord } from './shared-record.js';
import { endOfSession, wantsAnotherToken } from './verdict.js';

/** What a request needs to be authorised, whichever library sends it. */
export interface Authorizer {
  /** The token to send to this URL; nothing where it is not the server's, or nobody is signed in. Rejects with an AuthError. */
  tokenFor(url: string, patience?: Patience): Promise<string | undefined>;
  /**
   * Learns from an answer and, where it is a refusal, the problem in its body: takes a renewed token, ends a session that is over, and, where the request was refused for its token, resolves with
   * the one to send it again with, once. Resolves with nothing where nothing is to be done. Rejects with an AuthError where there is no other
   * token to be had just now.
   */
  learn(answer: Answer, problem: Problem | undefined, sentToken: string | undefined, patience?: Patience): Promise<string | undefined>;
}

interface Surroundings {
  readonly shared: SharedRecord;
  readonly keeper: Keeper;
  readonly renewals: Renewals;
}

export function createAuthorizer({ shared, keeper, renewals }: Surroundings): Authorizer {
  async function tokenFor(url: string, patience?: Patience): Promise<string | undefined> {
    if (!renewals.isFromServer(url)) return undefined;
    try {
      return await keeper.token(patience);
    } catch (error) {
      if (error instanceof AuthError && error.code === 'not_authenticated') return undefined;
      throw error;
    }
  }

  async function learn(
    answer: Answer,
    problem: Problem | undefined,
    sentToken: string | undefined,
    patience?: Patience,
  ): Promise<string | undefined> {
    if (!sentToken || !renewals.isFromServer(answer.url)) return undefined;
    const { status } = answer;
    if (status < 400) {
      if (await renewals.take(answer)) keeper.announce();
      return undefined;
    }
    const reason = endOfSession(status, problem);
    if (reason) await keeper.end(claimsOf(sentToken).sid, reason);
    return wantsAnotherToken(status, problem, answer.headers.get('WWW-Authenticate')) ? anotherThan(sentToken, patience) : undefined;
  }

  /** A request sent before the last refresh is only sent again. */
  async function anotherThan(sentToken: string, patience: Patience | undefined): Promise<string | undefined> {
    const { session } = shared.current;
    if (!session) return undefined;
    const isCurrent = session.accessToken === sentToken;
    if (isCurrent && keeper.isNew()) return undefined;
    return keeper.token({ ...patience, forceRefresh: isCurrent });
  }

  return { tokenFor, learn };
}
