import fc from 'fast-check';
import {
  decideRotation,
  FIRST_TOKEN,
  newChain,
  REFUSAL_CODES,
  type RotationState,
  type TokenPlace,
} from '#protocol';
import { Api, claimsOf, outcomeOf, PASSWORD, refreshTokenOf } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';

const POLICY = { rotationPolicy: 'confirm-on-use', graceSeconds: 10 } as const;
const LIFETIME_SECONDS = 30 * 86_400;
const DEVICES = 3;

/** What the server is expected to hold, in a time that only the test moves. */
interface Model {
  now: number;
  state: RotationState;
  tokens: { place: TokenPlace; epoch: number }[];
}

/** The real thing: a session over HTTP, its requests spread over two instances. */
interface Real {
  readonly apps: readonly TestApp[];
  readonly devices: readonly Api[];
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
    const { place, epoch } = model.tokens[index] as Model['tokens'][number];
    const fingerprint = `device ${this.device}`;
    const decision = decideRotation(
      model.state,
      { ...place, epoch, fingerprint },
      model.now,
      POLICY,
    );

    const response = await (real.devices[this.device] as Api)
      .at((real.apps[this.instance] as TestApp).url)
      .refresh(real.tokens[index] as string);

    expect(outcomeOf(response)).toBe(
      'child' in decision ? decision.kind : REFUSAL_CODES[decision.kind],
    );
    if ('chain' in decision)
      model.state = { ...model.state, ...decision.chain, expiresAt: decision.expiresAt };
    if (decision.kind === 'reused') model.state = { ...model.state, isEnded: true };
    if (!('child' in decision)) return;

    const token = refreshTokenOf(response.body);
    const { generation, key, parentKey } = decision.child;
    expect(claimsOf(token)).toMatchObject({
      gen: generation,
      key,
      parent: parentKey,
      epoch: model.state.epoch,
    });
    model.tokens.push({ place: decision.child, epoch: model.state.epoch });
    real.tokens.push(token);
    real.accessToken = response.body.access_token;
  }

  toString = () =>
    `refresh token ${this.pick} by device ${this.device} at instance ${this.instance}`;
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
    const response = await (real.devices[0] as Api).logout(real.tokens[index] as string);
    expect(response.status).toBe(204);
    if (model.tokens[index]?.epoch === model.state.epoch)
      model.state = { ...model.state, isEnded: true };
  }

  toString = () => `log out with token ${this.pick}`;
}

class ChangePassword implements fc.AsyncCommand<Model, Real> {
  check = ({ state }: Readonly<Model>) => !state.isEnded;

  async run(model: Model, real: Real): Promise<void> {
    const chosen = `${PASSWORD}-${model.state.epoch + 1}`;
    const response = await (real.devices[0] as Api).changePassword(
      real.accessToken,
      real.password,
      chosen,
    );
    expect(response.status).toBe(200);
    const epoch = model.state.epoch + 1;
    model.state = { ...model.state, ...newChain('device 0', model.now), epoch };
    model.tokens.push({ place: FIRST_TOKEN, epoch });
    real.tokens.push(refreshTokenOf(response.body));
    real.accessToken = response.body.access_token;
    real.password = chosen;
  }

  toString = () => 'change the password';
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

  async function begin(): Promise<{ model: Model; real: Real }> {
    const devices = Array.from({ length: DEVICES }, () => new Api((apps[0] as TestApp).url));
    const signedIn = await (devices[0] as Api).register();
    const expiresAt = LIFETIME_SECONDS * 1000;
    const state = {
      ...newChain('device 0', 0),
      epoch: 0,
      isEnded: false,
      lifetimeSeconds: LIFETIME_SECONDS,
      expiresAt,
      absoluteExpiresAt: 3 * expiresAt,
    };
    return {
      model: { now: 0, state, tokens: [{ place: FIRST_TOKEN, epoch: 0 }] },
      real: {
        apps,
        devices,
        tokens: [refreshTokenOf(signedIn)],
        accessToken: signedIn.access_token,
        password: PASSWORD,
      },
    };
  }

  it('behaves as decideRotation says, whatever the order of events', async () => {
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
      fc.nat().map((pick) => new Logout(pick)),
      fc.constant(new ChangePassword()),
    ];
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { size: 'medium' }), async (sequence) =>
        fc.asyncModelRun(begin, sequence),
      ),
      { numRuns: 60 },
    );
  });
});
