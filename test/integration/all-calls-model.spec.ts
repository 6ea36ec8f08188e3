import type { TokenResponse } from '../../src/auth/auth.dto.js';
import { Api, call, claimsOf, newEmail, PASSWORD, type ApiResponse } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { Random } from '../support/random.js';

const STEPS = 12_000;

const ADMIN_TOKEN = '3f9a1c5e7b2d4806a9c8e1f35d7b0246';

/** Within the tolerance either response is right. */
const TOLERANCE_SECONDS = 6;

/** Or the steps have not gone where it is dangerous. */
const SEEN_IN_EVERY_RUN = [
  'refreshes: 200',
  'refreshes: 401 session_expired',
  'refreshes: 401 session_revoked',
  'refreshes: 401 refresh_reuse_detected',
  'a thief refreshes: 200',
  'a thief refreshes: 401 refresh_reuse_detected',
  'changes the password: 200',
  'ends another session: 204',
  'reads /users/me: 401 token_expired',
  'reads /users/me: 401 session_revoked',
];

/** What is known of a session by whoever has watched all that was done. */
interface ModelSession {
  readonly id: string;
  readonly owner: User;
  epoch: number;
  isEnded: boolean;
  /** The epoch that the last change of password began; later ones began by proofs. */
  provableEpoch: number;
  /** A thief has used a refresh token of this epoch: its owner may lose the session for that. */
  isTouched: boolean;
  /** The newest tokens of it, whoever was given them. */
  readonly tokens: Tokens[];
}

interface Tokens {
  readonly epoch: number;
  readonly access: string;
  readonly refresh: string;
}

interface User {
  readonly id: string;
  readonly email: string;
  password: string;
  isActive: boolean;
}

/** An honest client: it stores what it is given before it uses it. */
interface Client {
  readonly api: Api;
  readonly user: User;
  session?: ModelSession | undefined;
  tokens?: Tokens | undefined;
}

/** Three clients of two users, a thief and an operator, at two instances. */
class World {
  readonly history: string[] = [];
  private readonly random: Random;
  private readonly sessions: ModelSession[] = [];
  private readonly loot: { session: ModelSession; tokens: Tokens }[] = [];
  private readonly thief: Api;

  private constructor(
    private readonly apps: readonly TestApp[],
    private readonly clients: readonly Client[],
    seed: number,
  ) {
    this.random = new Random(seed);
    this.thief = new Api(this.url);
  }

  static async begin(apps: readonly TestApp[], seed: number): Promise<World> {
    const api = new Api((apps[0] as TestApp).url);
    const users = await Promise.all(
      [0, 1].map(async (): Promise<User> => {
        const { user, email } = await api.register({ email: newEmail() });
        return { id: user.id, email, password: PASSWORD, isActive: true };
      }),
    );
    const clients = [0, 0, 1].map((index) => ({
      api: api.anotherDevice(),
      user: users[index] as User,
    }));
    return new World(apps, clients, seed);
  }

  async step(): Promise<void> {
    const client = this.random.pick(this.clients);
    const action = this.random.weighted<() => Promise<void>>([
      [30, () => this.refresh(client)],
      [8, () => this.loseResponse(client)],
      [30, () => this.read(client)],
      [6, () => this.wait()],
      [12, () => this.signIn(client)],
      [2, () => this.signOut(client)],
      [1, () => this.signOutEverywhere(client)],
      [2, () => this.changePassword(client)],
      [3, () => this.reauthenticate(client)],
      [2, () => this.endAnother(client)],
      [4, () => this.steal(client)],
      [4, () => this.useStolenRefreshToken()],
      [4, () => this.useStolenAccessToken()],
      [1, () => this.signOutWithStolenToken()],
      [1, () => this.operatorEnds(client)],
      [1, () => this.operatorBarsOrReadmits(client)],
    ]);
    await action();
  }

  /** Any of the two instances, as a balancer chooses. */
  private get url(): string {
    return this.random.pick(this.apps).url;
  }

  private get nowSeconds(): number {
    return (Date.now() + (this.apps[0] as TestApp).clock.offsetMs) / 1000;
  }

  private async refresh(client: Client): Promise<void> {
    if (!client.tokens) return;
    const response = this.note(
      'refreshes',
      await client.api.at(this.url).refresh(client.tokens.refresh),
    );
    this.judge(client, response);
  }

  /** The server has done its part, and the client never hears of it. */
  private async loseResponse(client: Client): Promise<void> {
    const { session, tokens } = client;
    if (!session || !tokens) return;
    const response = this.note(
      'loses an answer',
      await client.api.at(this.url).refresh(tokens.refresh),
    );
    if (response.status === 200) this.remember(session, response.body);
    else this.judge(client, response);
  }

  private judge(client: Client, response: ApiResponse<TokenResponse>): void {
    const { session, tokens } = client as Required<Client>;
    const expected = this.expectedOf(session, tokens, claimsOf(tokens.refresh).exp as number);
    expect(expected).toContain(response.status === 200 ? 'granted' : response.body.code);
    if (response.status === 200) client.tokens = this.remember(session, response.body);
    else if (response.body.code === 'reauthentication_required')
      expect(response.body.clear_credentials).toBe(false);
    else {
      expect(response.body.clear_credentials).toBe(true);
      if (response.body.code === 'refresh_reuse_detected') session.isEnded = true;
      client.session = client.tokens = undefined;
    }
  }

  /** What an honest client's refresh token may come to. */
  private expectedOf(session: ModelSession, { epoch }: Tokens, exp: number): string[] {
    if (this.nowSeconds > exp + TOLERANCE_SECONDS) return ['session_expired'];
    const orExpired = this.nowSeconds > exp - TOLERANCE_SECONDS ? ['session_expired'] : [];
    if (session.isEnded || epoch < session.provableEpoch) return ['session_revoked', ...orExpired];
    if (epoch < session.epoch) return ['reauthentication_required', ...orExpired];
    return ['granted', ...(session.isTouched ? ['refresh_reuse_detected'] : []), ...orExpired];
  }

  private async read({ api, session, tokens }: Client): Promise<void> {
    if (!session || !tokens) return;
    const path = this.random.pick(['/users/me', '/sessions', '/auth/verify', '/auth/events']);
    const response = this.note(
      `reads ${path}`,
      await api.at(this.url).call('GET', path, { token: tokens.access }),
    );
    const exp = claimsOf(tokens.access).exp as number;
    if (response.status === 200) {
      expect([session.isEnded, tokens.epoch]).toEqual([false, session.epoch]);
      expect(this.nowSeconds).toBeLessThan(exp + TOLERANCE_SECONDS);
    } else if (response.body.code === 'session_revoked') expect(session.isEnded).toBe(true);
    else {
      expect(response.body).toMatchObject({ code: 'token_expired', clear_credentials: false });
      const isOutdated = tokens.epoch < session.epoch;
      expect(isOutdated || this.nowSeconds > exp - TOLERANCE_SECONDS).toBe(true);
    }
  }

  private async wait(): Promise<void> {
    const seconds = this.random.weighted([
      [40, this.random.whole(1, 20)],
      [20, this.random.whole(60, 1800)],
      [6, this.random.whole(3600, 86_400)],
      [1, 15 * 86_400],
    ]);
    this.history.push(`wait ${seconds} s`);
    (this.apps[0] as TestApp).clock.advance({ seconds });
  }

  private async signIn(client: Client): Promise<void> {
    if (client.session) return;
    const { email, password, isActive } = client.user;
    const response = this.note(
      'signs in',
      await client.api.at(this.url).login(email, { password }),
    );
    expect(response.status).toBe(isActive ? 200 : 401);
    if (!isActive) return;
    const session: ModelSession = {
      id: response.body.session_id,
      owner: client.user,
      epoch: 0,
      provableEpoch: 0,
      isEnded: false,
      isTouched: false,
      tokens: [],
    };
    this.sessions.push(session);
    client.session = session;
    client.tokens = this.remember(session, response.body);
  }

  private async signOut(client: Client): Promise<void> {
    const { session, tokens } = client;
    if (!session || !tokens) return;
    const token = this.random.pick([tokens.access, tokens.refresh]);
    const isPast = this.nowSeconds > (claimsOf(token).exp as number) - TOLERANCE_SECONDS;
    const response = this.note('signs out', await client.api.at(this.url).logout(token));
    client.session = client.tokens = undefined;
    if (response.status !== 204) return expect(isPast).toBe(true);
    if (tokens.epoch === session.epoch) await this.hasEnded(session);
  }

  private async signOutEverywhere(client: Client): Promise<void> {
    if (!client.tokens) return;
    const response = this.note(
      'signs out everywhere',
      await client.api.at(this.url).call('POST', '/auth/logout-all', {
        token: client.tokens.access,
      }),
    );
    if (response.status === 200) await this.haveEnded(({ owner }) => owner === client.user);
  }

  private async changePassword(client: Client): Promise<void> {
    const { session, tokens, user } = client;
    if (!session || !tokens) return;
    const chosen = `${PASSWORD}-${this.random.whole(0, 1e9)}`;
    const response = this.note(
      'changes the password',
      await client.api.at(this.url).changePassword(tokens.access, user.password, chosen),
    );
    if (response.status !== 200) return;
    user.password = chosen;
    session.epoch += 1;
    session.provableEpoch = session.epoch;
    session.isTouched = false;
    client.tokens = this.remember(session, response.body);
    await this.haveEnded((other) => other.owner === user && other !== session);
  }

  /** With any token at hand, also one from before a proof whose response was lost. */
  private async reauthenticate(client: Client): Promise<void> {
    const { api, session, tokens, user } = client;
    if (!session || !tokens) return;
    const token = this.random.pick([tokens.access, tokens.refresh]);
    const isPast = this.nowSeconds > (claimsOf(token).exp as number) - TOLERANCE_SECONDS;
    const response = this.note(
      'proves again who it is',
      await api.at(this.url).call<TokenResponse>('POST', '/auth/reauthenticate', {
        token,
        body: { current_password: user.password },
      }),
    );
    if (response.status !== 200) {
      const isOver = session.isEnded || tokens.epoch < session.provableEpoch;
      return expect(isOver || isPast).toBe(true);
    }
    expect(session.isEnded).toBe(false);
    session.epoch += 1;
    session.isTouched = false;
    const given = this.remember(session, response.body);
    if (this.random.chance(0.7)) client.tokens = given;
  }

  private async endAnother(client: Client): Promise<void> {
    const others = this.sessions.filter(
      ({ owner, isEnded, id }) => owner === client.user && !isEnded && id !== client.session?.id,
    );
    if (!client.tokens || others.length === 0) return;
    const other = this.random.pick(others);
    const response = this.note(
      'ends another session',
      await client.api.at(this.url).call('DELETE', `/sessions/${other.id}`, {
        token: client.tokens.access,
      }),
    );
    if (response.status === 204) await this.hasEnded(other);
  }

  private async steal({ session, tokens }: Client): Promise<void> {
    if (!session || !tokens) return;
    this.history.push('a thief copies tokens');
    this.loot.push({ session, tokens });
    if (this.loot.length > 10) this.loot.shift();
  }

  private async useStolenRefreshToken(): Promise<void> {
    if (this.loot.length === 0) return;
    const { session, tokens } = this.random.pick(this.loot);
    const response = this.note(
      'a thief refreshes',
      await this.thief.at(this.url).refresh(tokens.refresh),
    );
    if (tokens.epoch === session.epoch) session.isTouched = true;
    if (response.status === 200) {
      expect([session.isEnded, tokens.epoch]).toEqual([false, session.epoch]);
      const given = this.remember(session, response.body);
      if (this.random.chance(0.7)) this.loot.push({ session, tokens: given });
    } else if (response.body.code === 'refresh_reuse_detected') await this.hasEnded(session);
  }

  private async useStolenAccessToken(): Promise<void> {
    if (this.loot.length === 0) return;
    const { session, tokens } = this.random.pick(this.loot);
    const [method, path] = this.random.pick([
      ['GET', '/users/me'],
      ['POST', '/auth/refresh'],
    ] as const);
    const response = this.note(
      `a thief comes with an access token to ${path}`,
      await this.thief.at(this.url).call(method, path, { token: tokens.access }),
    );
    if (response.status === 200)
      expect([session.isEnded, tokens.epoch]).toEqual([false, session.epoch]);
    else expect(response.body.clear_credentials).toBe(response.body.code === 'session_revoked');
  }

  private async signOutWithStolenToken(): Promise<void> {
    if (this.loot.length === 0) return;
    const { session, tokens } = this.random.pick(this.loot);
    const response = this.note(
      'a thief signs out',
      await this.thief.at(this.url).logout(tokens.refresh),
    );
    if (response.status === 204 && tokens.epoch === session.epoch) await this.hasEnded(session);
  }

  private async operatorEnds({ user }: Client): Promise<void> {
    const response = await this.operate('DELETE', `/users/${user.id}/sessions`);
    expect(response.status).toBe(200);
    await this.haveEnded(({ owner }) => owner === user);
  }

  private async operatorBarsOrReadmits({ user }: Client): Promise<void> {
    const method = user.isActive ? 'PUT' : 'DELETE';
    expect((await this.operate(method, `/users/${user.id}/deactivation`)).status).toBeLessThan(300);
    user.isActive = !user.isActive;
    if (!user.isActive) await this.haveEnded(({ owner }) => owner === user);
  }

  private async operate(method: string, path: string): Promise<ApiResponse<object>> {
    const url = `${this.url}/api/admin${path}`;
    return this.note(`an operator: ${method}`, await call(method, url, { token: ADMIN_TOKEN }));
  }

  private note<Body>(what: string, response: ApiResponse<Body>): ApiResponse<Body> {
    this.history.push(`${what}: ${response.status} ${response.body.code ?? ''}`);
    expect(response.status).toBeLessThan(500);
    return response;
  }

  private remember(session: ModelSession, body: TokenResponse): Tokens {
    const tokens = {
      epoch: session.epoch,
      access: body.access_token,
      refresh: body.refresh_token as string,
    };
    session.tokens.push(tokens);
    if (session.tokens.length > 5) session.tokens.shift();
    return tokens;
  }

  private async haveEnded(which: (session: ModelSession) => boolean): Promise<void> {
    for (const session of this.sessions)
      if (!session.isEnded && which(session)) await this.hasEnded(session);
  }

  /** Nothing of it works any more: no refresh token at once, no access token within a second. */
  private async hasEnded(session: ModelSession): Promise<void> {
    session.isEnded = true;
    const { refresh } = this.random.pick(session.tokens);
    // The one that expires last, so that it is not refused for its age.
    const { access } = session.tokens.at(-1) as Tokens;
    for (const { url } of this.apps) {
      expect((await this.thief.at(url).refresh(refresh)).status).toBe(401);
      await eventually(async () => (await this.thief.at(url).me(access)).status === 401, {
        withinMs: 1000,
        everyMs: 2,
      });
    }
  }
}

describe('three clients, a thief and an operator, at two instances', () => {
  let apps: TestApp[] = [];

  beforeEach(async () => {
    const env = {
      NODE_ENV: 'staging',
      ACCESS_TOKEN_EXPIRE_MINUTES: '30',
      REFRESH_TOKEN_EXPIRE_DAYS: '14',
      ADMIN_TOKEN,
    };
    const first = await startApp({ env });
    apps = [first];
    apps.push(await startApp({ env, beside: first }));
  });
  afterEach(async () => {
    for (const app of apps.toReversed()) await app.close();
  });

  it.each([1, 2])(
    `in ${STEPS} random steps nobody is signed out without a cause, nothing works after an ending, and no answer is 5xx (seed %d)`,
    async (seed) => {
      const world = await World.begin(apps, seed);
      try {
        for (let step = 0; step < STEPS; step++) await world.step();
      } catch (error) {
        console.error(world.history.slice(-40).join('\n'));
        throw error;
      }
      for (const seen of SEEN_IN_EVERY_RUN) expect(world.history.join('\n')).toContain(seen);
    },
    600_000,
  );
});
