import { endingOf, flushEndings, forgetEnding } from './endings.js';
import { AuthError } from './errors.js';
import { callApi, tokensOf } from './http/api.js';
import { announce, load } from './keeper.js';
import type { Credentials, IdentityProof, PasswordChange, Registration } from './options.js';
import {
  type AuthRecord,
  type Session,
  signedIn,
  signedOut,
  type User,
  withEnding,
} from './record/record.js';
import { remainingMs, update } from './record/shared-record.js';
import { abortExchange } from './refresh/exchange.js';
import { accessToken } from './refresh/token.js';
import type { ClientState } from './state.js';
import { exclusively } from './tabs/mutex.js';

export interface SignOutOptions {
  /** This session alone, which is the default, or all of the user's. */
  readonly scope?: 'local' | 'global' | undefined;
}

/** What a user does to their own account. */
export interface Account {
  login(credentials: Credentials): Promise<User>;
  register(registration: Registration): Promise<User>;
  /**
   * Resolves when the server has been told, or could not be reached: then it is told later. With
   * the scope `global` it rejects where the server could not be told.
   */
  logout(options?: SignOutOptions): Promise<void>;
  changePassword(change: PasswordChange): Promise<void>;
  /**
   * Proves again who the user is: the requests that wait for it go on. The session stays, with new
   * tokens. Rejects with an AuthError: `current_password_invalid`, or `reauthentication_failed` for
   * another proof. After one of kind `network` or `timeout`, ask again; nobody is signed out by it.
   */
  reauthenticate(proof: IdentityProof): Promise<void>;
  /**
   * For the page after a redirect that has signed the user in, such as by a login provider, with the
   * cookie transport: takes over the session in the cookie, which script cannot see, from the one
   * that was known here. Rejects with an AuthError where there is none, and then nothing changes.
   */
  adoptSession(): Promise<User>;
}

/**
 * Under the same mutex as refreshes: with the cookie transport, a late response to one would put
 * the former session's cookie back.
 */
export async function signIn(client: ClientState, path: string, input: object): Promise<User> {
  await load(client);
  const { cookieTransport } = client;
  if (cookieTransport) await prepareCookie(client).catch(() => {});
  return begin(client, path, cookieTransport ? { ...input, transport: 'cookie' } : input);
}

/** As a sign-in whose request the browser itself has sent. */
export async function adoptSession(client: ClientState): Promise<User> {
  await load(client);
  return begin(client, '/api/auth/refresh', {});
}

function begin(client: ClientState, path: string, body: object): Promise<User> {
  return exclusively(client, passwordTimeoutMs(client), () => {
    const { generation } = client.record;
    abortExchange(client);
    return take(
      client,
      callApi(client, path, { body }),
      (record) => record.generation !== generation && !record.session,
    );
  });
}

/**
 * The cookie of a former session is lost with the sign-in: what has ended already is told before,
 * and what has not needs an access token to be ended by.
 */
async function prepareCookie(client: ClientState): Promise<void> {
  await flushEndings(client);
  if (client.record.session) await accessToken(client);
}

export async function changePassword(client: ClientState, body: PasswordChange): Promise<void> {
  await accessToken(client, { minValiditySeconds: passwordTimeoutMs(client) / 1000 });
  await restart(client, '/api/auth/change-password', body);
}

/** By whatever tokens there are, good or not: they only say which session it is. */
export async function reauthenticate(client: ClientState, proof: IdentityProof): Promise<void> {
  await load(client);
  const { refresh_token } = client.record.session ?? {};
  await restart(client, '/api/auth/reauthenticate', { ...proof, refresh_token });
}

/** Under the mutex: a refresh with a token from before would be refused. */
function restart(client: ClientState, path: string, body: object): Promise<User> {
  return exclusively(client, passwordTimeoutMs(client), () => {
    // Only here is it known that another tab has signed in a moment ago.
    const { session: before } = client.record;
    if (!before) throw new AuthError('auth', 'not_authenticated');
    return take(
      client,
      callApi(client, path, { token: before.access_token, body }),
      ({ session }) => session?.session_id !== before.session_id,
    );
  });
}

/** Hashing takes its time. */
function passwordTimeoutMs({ timeoutMs }: ClientState): number {
  return 2 * timeoutMs;
}

/**
 * Makes the session in the response the one at hand. Where somebody has signed out meanwhile, it
 * ends at once; and so does a former one.
 */
async function take(
  client: ClientState,
  response: Promise<unknown>,
  isOvertaken: (record: AuthRecord) => boolean,
): Promise<User> {
  const sentAt = client.clock.now();
  const tokens = await tokensOf(response);
  const { session } = await update(
    client,
    (record) => {
      if (isOvertaken(record)) return withEnding(record, endingOf(client, tokens));
      const { session_id, refresh_token, access_token } = record.session ?? tokens;
      const isSame = session_id === tokens.session_id;
      // Its cookie has been replaced.
      const ending = refresh_token ?? access_token ?? session_id;
      return signedIn(isSame ? record : withEnding(record, ending), tokens, sentAt);
    },
    true,
  );
  announce(client);
  void flushEndings(client);
  if (session?.session_id === tokens.session_id) return tokens.user;
  throw new AuthError('aborted', 'signed_out');
}

/** First it is over here, in every tab and whatever is in flight; then the server is told. */
export async function logout(client: ClientState, { scope }: SignOutOptions = {}): Promise<void> {
  await load(client);
  const isFresh = remainingMs(client) > 0;
  let ended: Session | undefined;
  await update(
    client,
    (record) => {
      ended = record.session;
      return ended ? signedOut(withEnding(record, endingOf(client, ended)), 'signed_out') : record;
    },
    true,
  );
  abortExchange(client);
  announce(client);
  if (ended && scope === 'global') await endAll(client, ended, isFresh);
  else await flushEndings(client);
}

/** Rejects where the server could not be told: whoever fears for their account must know. */
async function endAll(client: ClientState, session: Session, isFresh: boolean): Promise<void> {
  const { access_token, refresh_token } = session;
  try {
    const token = isFresh
      ? access_token
      : (await tokensOf(callApi(client, '/api/auth/refresh', { token: refresh_token })))
          .access_token;
    await callApi(client, '/api/auth/logout-all', { token });
    await forgetEnding(client, endingOf(client, session));
  } finally {
    void flushEndings(client);
  }
}
