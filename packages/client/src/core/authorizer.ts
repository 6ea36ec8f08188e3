import { claimsOf } from './claims.js';
import type { Problem } from './errors.js';
import type { Keeper } from './keeper.js';
import type { Patience } from './options.js';
import type { Answer, Renewals } from './renewal.js';
import type { SharedRecord } from './shared-record.js';
import { endOfSession, wantsAnotherToken } from './verdict.js';

/** What a request needs to be authorised, whichever library sends it. */
export interface Authorizer {
  /**
   * The token to send to this URL; nothing where it is not the server's, or nobody is signed in.
   * Rejects with an AuthError.
   */
  tokenFor(url: string, patience?: Patience): Promise<string | undefined>;
  /**
   * Learns from an answer and, where it is a refusal, the problem in its body: takes a renewed
   * token, ends a session that is over, and, where the request was refused for its token, resolves
   * with the one to send it again with, once. Resolves with nothing where nothing is to be done.
   * Rejects with an AuthError where there is no other token to be had just now.
   */
  learn(
    answer: Answer,
    problem: Problem | undefined,
    sentToken: string | undefined,
    patience?: Patience,
  ): Promise<string | undefined>;
}

export function createAuthorizer(
  shared: SharedRecord,
  keeper: Keeper,
  renewals: Renewals,
): Authorizer {
  async function learn(
    answer: Answer,
    problem: Problem | undefined,
    sentToken: string | undefined,
    patience?: Patience,
  ): Promise<string | undefined> {
    if (!sentToken || !renewals.isFromServer(answer.url)) return undefined;
    if (await renewals.take(answer)) keeper.announce();
    const reason = endOfSession(answer.status, problem);
    if (reason) await keeper.end(claimsOf(sentToken).sid, reason);
    const { session } = shared.current;
    if (!session || !wantsAnotherToken(answer, problem)) return undefined;
    // A request sent before the last refresh is only sent again.
    const isCurrent = session.accessToken === sentToken;
    return isCurrent && keeper.isNew()
      ? undefined
      : keeper.token({ ...patience, forceRefresh: isCurrent });
  }

  return {
    tokenFor: async (url, patience) =>
      renewals.isFromServer(url) ? keeper.token(patience) : undefined,
    learn,
  };
}
