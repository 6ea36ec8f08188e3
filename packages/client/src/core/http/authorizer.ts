import type { Problem } from '../errors.js';
import { announce, end } from '../keeper.js';
import type { Patience } from '../options.js';
import { claimsOf } from '../record/claims.js';
import { tokenRestMs } from '../refresh/refresh.js';
import { accessToken } from '../refresh/token.js';
import { endOfSession, wantsAnotherToken } from '../refresh/verdict.js';
import type { ClientState } from '../state.js';
import { provenToken } from './proven-token.js';
import { type ResponseHead, takeRenewal } from './renewal.js';

/** What a request needs to be authorised, whichever library sends it. */
export interface Authorizer {
  /**
   * The token to send to this URL; nothing where it is not the server's, or nobody is signed in. A
   * path is one of the server. Rejects with an AuthError.
   */
  tokenFor(url: string, patience?: Patience): Promise<string | undefined>;
  /**
   * Takes a renewed token out of a response, ends a session that is over by the problem in its
   * body, and, where the request was refused for its token, resolves with the one to send it again
   * with, once. Where it needs a recent proof of who the user is, that is waited for, however long
   * it takes. Resolves with nothing where nothing is to be done. Rejects with an AuthError where
   * there is no other token to be had just now.
   */
  handleResponse(
    response: ResponseHead,
    problem: Problem | undefined,
    sentToken: string | undefined,
    patience?: Patience,
  ): Promise<string | undefined>;
}

/** See `Authorizer`. */
export async function tokenFor(
  client: ClientState,
  url: string,
  patience?: Patience,
): Promise<string | undefined> {
  const { address } = client;
  return address.isOwn(address.resolve(url)) ? accessToken(client, patience) : undefined;
}

/** See `Authorizer`. */
export async function handleResponse(
  client: ClientState,
  response: ResponseHead,
  problem: Problem | undefined,
  sentToken: string | undefined,
  patience?: Patience,
): Promise<string | undefined> {
  const { url, status } = response;
  if (!sentToken || (url && !client.address.isOwn(url))) return undefined;
  if (await takeRenewal(client, response)) announce(client);
  const reason = endOfSession({ status, problem });
  if (reason) await end(client, claimsOf(sentToken).sid, reason);
  if (problem?.max_age !== undefined) return provenToken(client, sentToken, patience);
  const { session } = client.record;
  if (!session || !wantsAnotherToken(response, problem)) return undefined;
  // A request sent before the last refresh is only sent again.
  const isCurrent = session.access_token === sentToken;
  return isCurrent && tokenRestMs(client) > 0
    ? undefined
    : accessToken(client, { ...patience, forceRefresh: isCurrent });
}
