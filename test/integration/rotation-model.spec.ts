import fc from 'fast-check';
import {
  decideRotation,
  FIRST_TOKEN,
  newChain,
  REFUSAL_CODES,
  type RotationState,
  type TokenPlace,
} from '#protocol';
import type { TokenResponse } from '../../src/auth/auth.dto.js';
import {
  Api,
  claimsOf,
  outcomeOf,
  PASSWORD,
  refreshTokenOf,
  type ApiResponse,
} from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { BoundClient } from '../support/bound-client.js';

const POLICY = { rotationPolicy: 'confirm-on-use', graceSeconds: 10 } as const;
const LIFETIME_SECONDS = 30 * 86_400;
const DEVICES = 3;

/** What the server is expected to hold, in a time that only the test moves. */
interface Model {
  now: number;
  state: RotationState;
  tokens: { place: TokenPlace; epoch: number; keyThumbprint: string | null }[];
}

/** Clients of one session. Those of a bound one share its key, so rotation takes them for one. */
interface Clients {
  readonly fingerprintOf: (device: number) => string;
  /** The thumbprint of the key that the clients have now; null if they have none. */
  readonly keyThumbprint: () => string | null;
  refresh(token: string, device: number, at: TestApp): Promise<ApiResponse<TokenResponse>>;
  logout(token: string): Promise<ApiResponse<object>>;
  changePassword(
    token: string,
    password: string,
    chosen: string,
    withNewKey: boolean,
  ): Promise<ApiResponse<TokenResponse>>;
}

/** The real thing: a session over HTTP, its requests spread over two instances. */
interface Real {
  readonly apps: readonly TestApp[];
  readonly clients: Clients;
  tokens: string[];
  accessToken: string;
  password: string;
}

class Refresh implements fc.AsyncCommand<Model, Real> {
  constructor(
    private readonly pick: number,
    private readonly device: number,
    private readonly instance: number,
  ) {}

  check = () => true;

  async run(model: Model, real: Real): Promise<void> {
    const index = this.pick % model.tokens.length;
    const { place, epoch, keyThumbprint } = model.tokens[index] as Model['tokens'][number];
    const fingerprint = real.clients.fingerprintOf(this.device);
    const token = { ...place, epoch, fingerprint, keyThumbprint };
    const decision = decideRotation(model.state, token, model.now, POLICY);

    const response = await real.clients.refresh(
      real.tokens[index] as string,
      this.device,
      real.apps[this.instance] as TestApp,
    );

    expect(outcomeOf(response)).toBe(
      'child' in decision ? decision.kind : REFUSAL_CODES[decision.kind],
    );
    if ('chain' in decision)
      model.state = { ...model.state, ...decision.chain, expiresAt: decision.expiresAt };
    if (decision.kind === 'reused') model.state = { ...model.state, isEnded: true };
    if (!('child' in decision)) return;

    const given = refreshTokenOf(response.body);
    const { generation, key, parentKey } = decision.child;
    expect(claimsOf(given)).toMatchObject({
      gen: generation,
      key,
      parent: parentKey,
      epoch: model.state.epoch,
    });
    model.tokens.push({ place: decision.child, epoch: model.state.epoch, keyThumbprint });
    real.tokens.push(given);
    real.accessToken = response.body.access_token;
  }

  toString = () =>
    `refresh token ${this.pick} by device ${this.device} at instance ${this.instance}`;
}

/** A thief, who has every token and no key, at a bound session. */
class TryWithoutKey implements fc.AsyncCommand<Model, Real> {
  constructor(
    private readonly pick: number,
    private readonly instance: number,
    private readonly path: '/auth/refresh' | '/auth/logout',
  ) {}

  check = ({ state }: Readonly<Model>) => typeof state.keyThumbprint === 'string';

  async run(_model: Model, real: Real): Promise<void> {
    const token = real.tokens[this.pick % real.tokens.length] as string;
    const app = real.apps[this.instance] as TestApp;
    const body = { refresh_token: token };
    for (const response of [
      await new Api(app.url).call('POST', this.path, { body }),
      await new BoundClient(app).call('POST', this.path, { body }),
    ]) {
      expect(response.body.code).toMatch(/^proof_/);
      expect(response.body.clear_credentials).toBe(false);
    }
  }

  toString = () => `${this.path} by token ${this.pick} without the key at ${this.instance}`;
}

class Wait implements fc.AsyncCommand<Model, Real> {
  constructor(private readonly seconds: number) {}

  check = () => true;

  async run(model: Model, real: Real): Promise<void> {
    model.now += this.seconds * 1000;
    (real.apps[0] as TestApp).clock.advance({ seconds: this.seconds });
  }

  toString = () => `wait ${this.seconds} s`;
}

class Logout implements fc.AsyncCommand<Model, Real> {
  constructor(private readonly pick: number) {}

  check = () => true;

  async run(model: Model, real: Real): Promise<void> {
    const index = this.pick % model.tokens.length;
    const response = await real.clients.logout(real.tokens[index] as string);
    expect(response.status).toBe(204);
    if (model.tokens[index]?.epoch === model.state.epoch)
      model.state = { ...model.state, isEnded: true };
  }

  toString = () => `log out with token ${this.pick}`;
}

/** A bound session may get another key by it. */
class ChangePassword implements fc.AsyncCommand<Model, Real> {
  constructor(private readonly withNewKey: boolean) {}

  check = ({ state }: Readonly<Model>) => !state.isEnded;

  async run(model: Model, real: Real): Promise<void> {
    const chosen = `${PASSWORD}-${model.state.epoch + 1}`;
    const response = await real.clients.changePassword(
      real.accessToken,
      real.password,
      chosen,
      this.withNewKey,
    );
    expect(response.status).toBe(200);
    const epoch = model.state.epoch + 1;
    const keyThumbprint = real.clients.keyThumbprint();
    const chain = newChain(real.clients.fingerprintOf(0), model.now);
    model.state = { ...model.state, ...chain, epoch, keyThumbprint };
    model.tokens.push({ place: FIRST_TOKEN, epoch, keyThumbprint });
    real.tokens.push(refreshTokenOf(response.body));
    real.accessToken = response.body.access_token;
    real.password = chosen;
  }

  toString = () => `change the password${this.withNewKey ? ' and the key' : ''}`;
}

describe('a session over HTTP, at two instances', () => {
  let apps: TestApp[];

  beforeAll(async () => {
    const first = await startApp({ env: { ACCESS_TOKEN_EXPIRE_MINUTES: '1440' } });
    apps = [first, await startApp({ beside: first, env: { ACCESS_TOKEN_EXPIRE_MINUTES: '1440' } })];
  });
  afterAll(async () => {
    for (const app of apps.reverse()) await app.close();
  });

  function unboundClients() {
    const devices = Array.from({ length: DEVICES }, () => new Api((apps[0] as TestApp).url));
    const [first] = devices as [Api];
    const clients: Clients = {
      fingerprintOf: (device) => `device ${device}`,
      keyThumbprint: () => null,
      refresh: (token, device, { url }) => (devices[device] as Api).at(url).refresh(token),
      logout: (token) => first.logout(token),
      changePassword: (token, password, chosen) => first.changePassword(token, password, chosen),
    };
    return { clients, register: () => first.register() };
  }

  /** Each token is presented with the key that it is bound to, which may be a former one. */
  function boundClients() {
    const first = new BoundClient(apps[0] as TestApp);
    const holders = new Map([[first.key.thumbprint, first]]);
    let current = first;
    const holderOf = (token: string) => {
      const { cnf } = claimsOf(token) as { cnf: { jkt: string } };
      return holders.get(cnf.jkt) as BoundClient;
    };
    const clients: Clients = {
      fingerprintOf: () => `key:${current.key.thumbprint}`,
      keyThumbprint: () => current.key.thumbprint,
      refresh: (token, _device, app) => holderOf(token).at(app).refresh(token),
      logout: (token) => holderOf(token).call('POST', '/auth/logout', { token }),
      changePassword: (token, current_password, new_password, withNewKey) => {
        const former = current;
        if (withNewKey) current = new BoundClient(apps[0] as TestApp);
        holders.set(current.key.thumbprint, current);
        return former.call('POST', '/auth/change-password', {
          token,
          body: { current_password, new_password },
          proof: { claims: { new_jkt: withNewKey ? current.key.thumbprint : undefined } },
        });
      },
    };
    return { clients, register: () => first.register() };
  }

  async function begin(isBound: boolean): Promise<{ model: Model; real: Real }> {
    const { clients, register } = isBound ? boundClients() : unboundClients();
    const signedIn = await register();
    const keyThumbprint = clients.keyThumbprint();
    const expiresAt = LIFETIME_SECONDS * 1000;
    const state = {
      ...newChain(clients.fingerprintOf(0), 0),
      keyThumbprint,
      epoch: 0,
      isEnded: false,
      lifetimeSeconds: LIFETIME_SECONDS,
      expiresAt,
      absoluteExpiresAt: 3 * expiresAt,
    };
    return {
      model: { now: 0, state, tokens: [{ place: FIRST_TOKEN, epoch: 0, keyThumbprint }] },
      real: {
        apps,
        clients,
        tokens: [refreshTokenOf(signedIn)],
        accessToken: signedIn.access_token,
        password: PASSWORD,
      },
    };
  }

  it.each([
    ['bound to nothing', false],
    ['bound to a key', true],
  ])('%s: behaves as decideRotation says, whatever the order of events', async (_what, isBound) => {
    // Ages of 5 s are inside the window and those of 10 s and more outside it, with seconds to
    // spare for a slow machine.
    const commands = [
      fc
        .tuple(fc.nat(), fc.nat(DEVICES - 1), fc.nat(1))
        .map(([pick, device, instance]) => new Refresh(pick, device, instance)),
      fc
        .tuple(fc.nat(), fc.nat(DEVICES - 1), fc.nat(1))
        .map(([pick, device, instance]) => new Refresh(pick, device, instance)),
      fc.constantFrom(5, 10, 60).map((seconds) => new Wait(seconds)),
      fc
        .tuple(fc.nat(), fc.nat(1), fc.constantFrom('/auth/refresh', '/auth/logout'))
        .map(([pick, at, path]) => new TryWithoutKey(pick, at, path)),
      fc.nat().map((pick) => new Logout(pick)),
      fc.boolean().map((withNewKey) => new ChangePassword(withNewKey)),
    ];
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { size: 'medium' }), async (sequence) =>
        fc.asyncModelRun(() => begin(isBound), sequence),
      ),
      { numRuns: 60 },
    );
  });
});
