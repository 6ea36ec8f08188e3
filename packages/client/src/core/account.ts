import { AuthError } from './errors.js';
import { type Api, tokensOf } from './http.js';
import type { Keeper } from './keeper.js';
import type { Credentials, PasswordChange, Registration, Settings } from './options.js';
import {
  type AuthRecord,
  type Session,
  signedIn,
  signedOut,
  type TokenResponse,
  type User,
} from './record.js';
import type { Refresher } from './refresher.js';
import type { Section } from './section.js';
import type { SharedRecord } from './shared-record.js';

/** How long a server that could not be told of a sign-out is left alone. */
const PAUSE_MS = 30_000;

export interface SignOutOptions {
  /** This session alone, which is the default, or all of the user's. */
  readonly scope?: 'local' | 'global';
}

/** What a user does to their own account. */
export interface Account {
  login(credentials: Credentials): Promise<User>;
  register(registration: Registration): Promise<User>;
  logout(options?: SignOutOptions): Promise<void>;
  changePassword(change: PasswordChange): Promise<void>;
}

export function createAccount(
  { clock, cookieTransport, timeoutMs }: Settings,
  shared: SharedRecord,
  section: Section,
  refresher: Refresher,
  keeper: Keeper,
  api: Api,
): Account {
  /** Hashing takes its time. */
  const passwordTimeoutMs = 2 * timeoutMs;

  /**
   * Under the same lock as refreshes: with the cookie transport, a late answer to one would put the
   * former session's cookie back.
   */
  async function signIn(path: string, input: object): Promise<User> {
    await keeper.load();
    const former = shared.current.session;
    const body = cookieTransport ? { ...input, transport: 'cookie' } : input;
    const { session_id, user } = await section(passwordTimeoutMs, () => {
      const { generation } = shared.current;
      return take(
        api(path, { body }),
        (record) => record.generation !== generation && !record.session,
      );
    });
    keeper.announce();
    if (former?.id !== session_id) void tellOfSignOut(former?.accessToken);
    return user;
  }

  /** Under the lock: a refresh with a token from before would be told that the session is over. */
  async function changePassword(body: PasswordChange): Promise<void> {
    await keeper.token({ minValiditySeconds: passwordTimeoutMs / 1000 });
    await section(passwordTimeoutMs, () => {
      // Only here is it known that another tab has signed in a moment ago.
      const { id, accessToken: token } = shared.current.session ?? {};
      if (!token) throw new AuthError('auth', 'not_authenticated');
      return take(
        api('/api/auth/change-password', { token, body }),
        ({ session }) => session?.id !== id,
      );
    });
    keeper.announce();
  }

  /**
   * Makes the session that is answered the one at hand. Where somebody has signed out meanwhile, it
   * ends at once.
   */
  async function take(
    answer: Promise<unknown>,
    isOvertaken: (record: AuthRecord) => boolean,
  ): Promise<TokenResponse> {
    const sentAt = clock.now();
    const tokens = await tokensOf(answer);
    const { session } = await shared.update(
      (record) => (isOvertaken(record) ? record : signedIn(record, tokens, sentAt)),
      true,
    );
    if (session?.id === tokens.session_id) return tokens;
    void tellOfSignOut(tokens.access_token);
    throw new AuthError('aborted', 'signed_out');
  }

  /** First it is over here, in every tab and whatever is in flight; then the server is told. */
  async function logout({ scope }: SignOutOptions = {}): Promise<void> {
    await keeper.load();
    const isFresh = shared.remainingMs() > 0;
    let ended: Session | undefined;
    await shared.update((record) => {
      ended = record.session;
      return signedOut(record, 'signed_out');
    }, true);
    refresher.abort();
    keeper.announce();
    if (!ended) return;
    const token = cookieTransport ? undefined : (ended.refreshToken ?? ended.accessToken);
    if (scope !== 'global') return tellOfSignOut(token);
    // Rejects where the server could not be told: whoever fears for their account must know.
    const accessToken = isFresh
      ? ended.accessToken
      : (await tokensOf(api('/api/auth/refresh', { token }))).access_token;
    await api('/api/auth/logout-all', { token: accessToken });
  }

  /**
   * Resolves when it has been tried once; a server out of reach is told later, as long as the page
   * lives.
   */
  async function tellOfSignOut(token: string | undefined): Promise<void> {
    // Without a token it is the cookie that is told of, and that may be the next session's by now.
    if (!token && shared.current.session) return;
    try {
      await api('/api/auth/logout', { token, keepalive: true });
    } catch (error) {
      if ((error as AuthError).retryable)
        clock.setTimer(() => void tellOfSignOut(token), PAUSE_MS, true);
    }
  }

  return {
    login: (credentials) => signIn('/api/auth/login', credentials),
    register: (registration) => signIn('/api/auth/register', registration),
    logout,
    changePassword,
  };
}
