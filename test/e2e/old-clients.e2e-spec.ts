import type { TokenResponse } from '../../src/auth/auth.dto.js';
import { Api, newEmail, PASSWORD, refreshTokenOf, type ApiResponse } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';

/** All limits have their defaults. */
const DEFAULT_LIMITS = {
  THROTTLE_REFRESH_LIMIT: '300',
  THROTTLE_UNKNOWN_LIMIT: '60',
  THROTTLE_LOGIN_LIMIT: '10',
  THROTTLE_LOGIN_NETWORK_LIMIT: '100',
} as const;

/**
 * A client of earlier systems. On a 401 it refreshes and sends the request again. If the refresh
 * fails for any reason, it deletes its tokens. It never stores a new refresh token.
 */
class OldClient {
  private constructor(
    private readonly api: Api,
    private refreshToken: string | undefined,
    private accessToken: string,
    private readonly firstAsksWithoutToken: boolean,
  ) {}

  static async signedIn(
    { url }: TestApp,
    { firstAsksWithoutToken = false } = {},
  ): Promise<OldClient> {
    const api = new Api(url);
    const registered = await api.register();
    const { access_token } = registered;
    return new OldClient(api, refreshTokenOf(registered), access_token, firstAsksWithoutToken);
  }

  get isSignedIn(): boolean {
    return this.refreshToken !== undefined;
  }

  /** Resolves with the final status for the application. */
  async call(): Promise<number> {
    const first = await this.ask(this.firstAsksWithoutToken ? undefined : this.accessToken);
    if (first.status !== 401) return first.status;
    const token = await this.refresh();
    return token === undefined ? 401 : (await this.ask(token)).status;
  }

  private ask(token: string | undefined): Promise<ApiResponse<object>> {
    return this.api.call('GET', '/me', { token });
  }

  private async refresh(): Promise<string | undefined> {
    if (this.refreshToken === undefined) return undefined;
    const response = await this.api.call<TokenResponse>('POST', '/refresh', {
      token: this.refreshToken,
    });
    if (response.status !== 200) this.refreshToken = undefined;
    else this.accessToken = response.body.access_token;
    return response.status === 200 ? response.body.access_token : undefined;
  }
}

/** A client that has only an access token, and uses every `X-New-Token`. */
async function liveOnRenewals(
  app: TestApp,
  { hours, everyMinutes }: { hours: number; everyMinutes: number },
): Promise<number[]> {
  const api = new Api(app.url);
  let { access_token: token } = await api.register();
  const statuses = new Set<number>();
  for (let minutes = 0; minutes < hours * 60; minutes += everyMinutes) {
    app.clock.advance({ minutes: everyMinutes });
    const response = await api.me(token);
    statuses.add(response.status);
    token = response.headers.get('x-new-token') ?? token;
  }
  return [...statuses];
}

let app: TestApp;

afterEach(() => app.close());

describe('a client of an earlier system', () => {
  beforeEach(async () => {
    app = await startApp({ env: { NODE_ENV: 'production', ...DEFAULT_LIMITS } });
  });

  it('that refreshes with every call, 2 a second for three minutes, stays signed in', async () => {
    const client = await OldClient.signedIn(app, { firstAsksWithoutToken: true });
    const statuses = new Set<number>();
    for (let calls = 0; calls < 3 * 60 * 2; calls += 1) {
      app.clock.advance({ seconds: 0.5 });
      statuses.add(await client.call());
    }
    expect([...statuses]).toEqual([200]);
    expect(client.isSignedIn).toBe(true);
  });

  it('that makes 100 calls at once with one expired token stays signed in', async () => {
    const client = await OldClient.signedIn(app);
    app.clock.advance({ minutes: 31 });
    const statuses = await Promise.all(Array.from({ length: 100 }, () => client.call()));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(client.isSignedIn).toBe(true);
  });

  it('that stores no new refresh token is signed in for as long as the one it has may live', async () => {
    const client = await OldClient.signedIn(app);
    for (let days = 1; days <= 13; days += 1) {
      app.clock.advance({ days: 1 });
      expect(await client.call()).toBe(200);
    }
  });

  it('that sends an access token with every refresh, beside its refresh token, stays signed in', async () => {
    const api = new Api(app.url);
    const { access_token, refresh_token } = await api.register();
    for (const token of [access_token, 'undefined', 'null']) {
      const response = await api.call('POST', '/refresh', { token, body: { refresh_token } });
      expect([token, response.status]).toEqual([token, 200]);
    }
  });
});

describe('a client that lives on X-New-Token alone, in production', () => {
  it.each([
    ['for a day, with tokens of 30 minutes', {}, 23],
    ['for a week, with tokens of 24 hours', { JWT_EXPIRES_IN: '24h' }, 7 * 24 - 1],
  ])('stays signed in %s', async (_, env, hours) => {
    app = await startApp({ env: { NODE_ENV: 'production', ...env } });
    expect(await liveOnRenewals(app, { hours, everyMinutes: 4 })).toEqual([200]);
  });
});

it('tokens of an older epoch do not use up the limit of the session that they are of', async () => {
  app = await startApp({ env: DEFAULT_LIMITS });
  const api = new Api(app.url);
  const registered = await api.register({ email: newEmail() });
  const old = refreshTokenOf(registered);
  const { body } = await api.changePassword(registered.access_token, PASSWORD, `${PASSWORD}-2`);
  const stranger = api.anotherDevice();
  const outcomes = await Promise.all(Array.from({ length: 301 }, () => stranger.refresh(old)));
  expect(outcomes.map(({ status }) => status).filter((status) => status === 429)).toHaveLength(1);
  expect((await api.refresh(refreshTokenOf(body))).status).toBe(200);
});
