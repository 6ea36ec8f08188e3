import { Body, Controller, Get, HttpCode, Module, Post, Req, Res } from '@nestjs/common';
import { NIL } from 'uuid';
import type { TokenResponse } from '../../src/auth/auth.dto.js';
import { UsedProofs } from '../../src/auth/bound-sessions/used-proofs.js';
import { AuthModule, Public, RequireProof, SignIn } from '../../src/index.js';
import { Api, claimsOf, newEmail, outcomeOf, PASSWORD, refreshTokenOf } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { BoundClient, type ProofChanges } from '../support/bound-client.js';
import { eventually } from '../support/eventually.js';
import { newEcKey, newEd25519Key } from '../support/possession.js';

describe('sessions that are bound to a key', () => {
  let app: TestApp;
  let owner: BoundClient;

  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());
  beforeEach(() => {
    owner = new BoundClient(app);
  });

  const isLive = async (accessToken: string) => (await new Api(app.url).me(accessToken)).status;
  const eventsOf = async (sessionId: string, type: string) =>
    app.database.query<{ details: object; network: string | null }>(
      `SELECT details, network FROM security_events WHERE session_id = $1 AND type = $2`,
      [sessionId, type],
    );

  describe('POST /api/auth/login and /api/auth/register', () => {
    it.each([
      ['P-256', newEcKey()],
      ['Ed25519', newEd25519Key()],
    ])('bind the session to the key on %s of the proof', async (_curve, key) => {
      const client = new BoundClient(app, key);
      const registered = await client.register();
      const { body } = await client.login(registered.email);
      for (const { access_token, refresh_token, token_type } of [registered, body]) {
        expect(token_type).toBe('DPoP');
        expect(claimsOf(access_token)).toMatchObject({ cnf: { jkt: key.thumbprint } });
        expect(claimsOf(refresh_token as string)).toMatchObject({ cnf: { jkt: key.thumbprint } });
      }
    });

    it('begin a session that is bound to nothing without a proof', async () => {
      const { access_token, refresh_token, token_type } = await new Api(app.url).register();
      expect(token_type).toBe('bearer');
      expect(claimsOf(access_token)).not.toHaveProperty('cnf');
      expect(claimsOf(refresh_token as string)).not.toHaveProperty('cnf');
    });

    it.each([
      ['of another URL', { url: 'https://example.com/api/auth/login' }],
      ['of another method', { method: 'GET' }],
      ['with a private key in its header', { header: { jwk: { d: 'x' } } }],
    ])('refuse a proof %s, and begin no session', async (_what, proof) => {
      const { email } = await owner.register();
      const response = await owner.call('POST', '/auth/login', {
        body: { email, password: PASSWORD },
        proof,
      });
      expect(response.body).toMatchObject({ code: 'proof_invalid', clear_credentials: false });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toMatch(/^DPoP .*invalid_dpop_proof/);
    });

    it.each([1, -1])('need one more request from a clock that is %d year wrong', async (years) => {
      const { email } = await owner.register();
      const client = new BoundClient(app);
      client.clockErrorMs = years * 365 * 86_400_000;
      const challenged = await client.login(email);
      expect(challenged.body.code).toBe('proof_invalid');
      expect(challenged.headers.get('www-authenticate')).toContain('error="use_dpop_nonce"');
      const granted = await client.login(email);
      expect(granted.status).toBe(200);
      let tokens = granted.body;
      const afterMinutes: [number, string[]][] = [
        [0, ['rotated']],
        [1, ['rotated']],
        [4, ['proof_invalid', 'rotated']],
        [0, ['rotated']],
      ];
      for (const [minutes, outcomes] of afterMinutes) {
        app.clock.advance({ minutes });
        for (const outcome of outcomes) {
          const response = await client.refresh(refreshTokenOf(tokens));
          expect(outcomeOf(response)).toBe(outcome);
          if (outcome === 'rotated') tokens = response.body;
        }
      }
    });
  });

  describe('POST /api/auth/refresh', () => {
    it('gives the next tokens to whoever proves the key, bound to it', async () => {
      const signedIn = await owner.register();
      const response = await owner.refresh(refreshTokenOf(signedIn));
      expect(outcomeOf(response)).toBe('rotated');
      expect(response.body.token_type).toBe('DPoP');
      const { thumbprint: jkt } = owner.key;
      expect(claimsOf(refreshTokenOf(response.body))).toMatchObject({ cnf: { jkt } });
      expect(response.headers.get('dpop-nonce')).toMatch(/^[\w-]{22}$/);
    });

    it('refuses a request without a proof: reads, ends and forgets nothing, and reports it', async () => {
      const signedIn = await owner.register();
      const response = await owner.refresh(refreshTokenOf(signedIn), false);
      expect(response.status).toBe(401);
      expect(response.body).toMatchObject({ code: 'proof_required', clear_credentials: false });
      expect(response.headers.get('dpop-nonce')).toMatch(/^[\w-]{22}$/);
      expect(response.headers.get('www-authenticate')).toMatch(/^DPoP /);
      const isReported = async () =>
        (await eventsOf(signedIn.session_id, 'proof_failed')).length > 0;
      await eventually(isReported);
      expect(await eventsOf(signedIn.session_id, 'proof_failed')).toEqual([
        { details: { reason: 'missing' }, network: '127.0.0.0/24' },
      ]);
      expect(outcomeOf(await owner.refresh(refreshTokenOf(signedIn)))).toBe('rotated');
    });

    it('refuses a proof of another key', async () => {
      const signedIn = await owner.register();
      const thief = new BoundClient(app);
      const response = await thief.refresh(refreshTokenOf(signedIn));
      expect(response.body).toMatchObject({ code: 'proof_invalid', clear_credentials: false });
      expect(await isLive(signedIn.access_token)).toBe(200);
    });

    it('refuses a bound token that is sent as a bearer token, with a good proof', async () => {
      const token = refreshTokenOf(await owner.register());
      const response = await owner.call('POST', '/auth/refresh', {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(response.body.code).toBe('proof_invalid');
      const proved = await owner.call('POST', '/auth/refresh', { token });
      expect(outcomeOf(proved)).toBe('rotated');
    });

    it('refuses a token that is bound to nothing under the scheme DPoP', async () => {
      const token = refreshTokenOf(await new Api(app.url).register());
      const response = await owner.call('POST', '/auth/refresh', { token });
      expect(response.body).toMatchObject({ code: 'proof_invalid', clear_credentials: false });
      expect(outcomeOf(await new Api(app.url).refresh(token))).toBe('rotated');
    });

    it('answers the same request as often as it arrives, with the same proof', async () => {
      const token = refreshTokenOf(await owner.register());
      const claims = { jti: 'same' };
      for (const outcome of ['rotated', 'replayed', 'replayed'])
        expect(outcomeOf(await owner.refresh(token, { claims }))).toBe(outcome);
    });

    it('gives the holder of the key a token for an old one, and reports it', async () => {
      const signedIn = await owner.register();
      const old = refreshTokenOf(signedIn);
      let token = old;
      for (let round = 0; round < 3; round++) {
        app.clock.advance({ seconds: 60 });
        token = refreshTokenOf((await owner.refresh(token)).body);
      }
      app.clock.advance({ seconds: 60 });
      const response = await owner.refresh(old);
      expect(outcomeOf(response)).toBe('reissued');
      expect(outcomeOf(await owner.refresh(refreshTokenOf(response.body)))).toBe('rotated');
      const id = signedIn.session_id;
      await eventually(async () => (await eventsOf(id, 'old_token_by_holder')).length === 1);
    });

    it('renews an access token alone only with a proof', async () => {
      const { access_token: token } = await owner.register();
      const refused = await owner.call('POST', '/auth/refresh', { token, proof: false });
      expect(refused.body.code).toBe('proof_required');
      const renewed = await owner.call('POST', '/auth/refresh', { token });
      expect(outcomeOf(renewed)).toBe('renewed');
    });
  });

  describe('POST /api/auth/change-password', () => {
    const newPassword = 'copper-Meadow-58-anchor';
    const body = { current_password: PASSWORD, new_password: newPassword };

    it('needs a proof, and keeps the session bound', async () => {
      const { access_token: token } = await owner.register();
      const options = { token, body };
      const bare = await owner.call('POST', '/auth/change-password', { ...options, proof: false });
      expect(bare.body.code).toBe('proof_required');
      const changed = await owner.call<{ refresh_token: string; token_type: string }>(
        'POST',
        '/auth/change-password',
        options,
      );
      expect(changed.body.token_type).toBe('DPoP');
      expect(outcomeOf(await owner.refresh(changed.body.refresh_token))).toBe('rotated');
    });

    it('refuses a proof for another access token', async () => {
      const { access_token: token } = await owner.register();
      const { access_token: accessToken } = await owner.register();
      const proof = { accessToken };
      const response = await owner.call('POST', '/auth/change-password', { token, body, proof });
      expect(response.body.code).toBe('proof_invalid');
    });
  });

  describe('POST /api/auth/reauthenticate', () => {
    it('needs a proof, by any token, and keeps the session bound', async () => {
      const { access_token, refresh_token } = await owner.register();
      for (const token of [access_token, refresh_token as string]) {
        const body = { current_password: PASSWORD };
        const path = '/auth/reauthenticate';
        const bare = await owner.call('POST', path, { token, body, proof: false });
        expect(bare.body.code).toBe('proof_required');
        const proved = await owner.call<{ token_type: string }>('POST', path, { token, body });
        expect(proved.body.token_type).toBe('DPoP');
      }
    });
  });

  describe('POST /api/auth/logout', () => {
    const ways = [
      ['an access token', ({ access_token: token }: TokenResponse) => ({ token })],
      ['a refresh token', (signedIn: TokenResponse) => ({ token: refreshTokenOf(signedIn) })],
      [
        'a refresh token in the body',
        ({ refresh_token }: TokenResponse) => ({ body: { refresh_token } }),
      ],
      [
        'a refresh token that names its session',
        ({ refresh_token, session_id }: TokenResponse) => ({ body: { refresh_token, session_id } }),
      ],
      [
        'a refresh token that names another session',
        ({ refresh_token }: TokenResponse) => ({ body: { refresh_token, session_id: NIL } }),
      ],
    ] as const;

    it.each(ways)('needs a proof, by %s: without, it ends nothing', async (_what, wayOf) => {
      const signedIn = await owner.register();
      const thief = new BoundClient(app);
      for (const [client, proof, code] of [
        [thief, false, 'proof_required'],
        [thief, {}, 'proof_invalid'],
        [owner, { method: 'GET' }, 'proof_invalid'],
        [owner, { url: `${app.url}/api/auth/refresh` }, 'proof_invalid'],
      ] as const) {
        const response = await client.call('POST', '/auth/logout', { ...wayOf(signedIn), proof });
        expect(response.status).toBe(401);
        expect(response.body).toMatchObject({ code, clear_credentials: false });
        expect(response.headers.get('dpop-nonce')).toMatch(/^[\w-]{22}$/);
      }
      await eventually(
        async () => (await eventsOf(signedIn.session_id, 'proof_failed')).length === 1,
      );
      expect(await eventsOf(signedIn.session_id, 'logout')).toEqual([]);
      expect(outcomeOf(await owner.refresh(refreshTokenOf(signedIn)))).toBe('rotated');
    });

    it.each(ways.slice(0, 4))('ends the session by %s with a proof', async (_what, wayOf) => {
      const signedIn = await owner.register();
      for (let times = 0; times < 2; times++)
        expect((await owner.call('POST', '/auth/logout', wayOf(signedIn))).status).toBe(204);
      expect(await isLive(signedIn.access_token)).toBe(401);
      expect(await eventsOf(signedIn.session_id, 'logout')).toHaveLength(1);
    });

    it('ends the session by a superseded token with a proof', async () => {
      const signedIn = await owner.register();
      await owner.refresh(refreshTokenOf((await owner.refresh(refreshTokenOf(signedIn))).body));
      app.clock.advance({ hours: 1 });
      const token = refreshTokenOf(signedIn);
      expect((await owner.call('POST', '/auth/logout', { token, proof: false })).status).toBe(401);
      expect((await owner.call('POST', '/auth/logout', { token })).status).toBe(204);
      expect(await isLive(signedIn.access_token)).toBe(401);
    });

    it('ends nothing by a token of an older epoch, with a proof', async () => {
      const { access_token } = await owner.register();
      const body = { current_password: PASSWORD };
      const proved = await owner.call<TokenResponse>('POST', '/auth/reauthenticate', {
        token: access_token,
        body,
      });
      const old = await owner.call('POST', '/auth/logout', { token: access_token });
      expect(old.status).toBe(204);
      expect(await isLive(proved.body.access_token)).toBe(200);
    });

    it('needs the scheme DPoP for a bound token, and refuses it for another one', async () => {
      const { access_token: token } = await owner.register();
      const bearer = await owner.call('POST', '/auth/logout', {
        headers: { authorization: `Bearer ${token}` },
        proof: { accessToken: token },
      });
      expect(bearer.body.code).toBe('proof_invalid');
      const unbound = await new Api(app.url).register();
      const response = await owner.call('POST', '/auth/logout', { token: unbound.access_token });
      expect(response.body.code).toBe('proof_invalid');
      expect((await new Api(app.url).logout(unbound.access_token)).status).toBe(204);
    });

    it('clears the cookie only with a proof', async () => {
      const { email } = await owner.register();
      const headers = { 'x-requested-with': 'test', origin: app.url };
      const signedIn = await owner.call<TokenResponse>('POST', '/auth/login', {
        body: { email, password: PASSWORD, transport: 'cookie' },
        headers,
      });
      const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] as string;
      const call = (proof: ProofChanges | false) =>
        owner.call('POST', '/auth/logout', { headers: { ...headers, cookie }, proof });
      const refused = await call(false);
      expect(refused.body).toMatchObject({ code: 'proof_required', clear_credentials: false });
      expect(refused.headers.has('set-cookie')).toBe(false);
      expect(await isLive(signedIn.body.access_token)).toBe(200);
      const ended = await call({});
      expect(ended.status).toBe(204);
      expect(ended.headers.get('set-cookie')).toMatch(/Max-Age=0/);
    });
  });

  describe('GET /api/users/me', () => {
    it('takes a bound token without a proof, by either scheme', async () => {
      const { access_token: token } = await owner.register();
      expect(await isLive(token)).toBe(200);
      expect((await owner.call('GET', '/users/me', { token, proof: false })).status).toBe(200);
    });

    it('refuses a token that is bound to nothing under the scheme DPoP', async () => {
      const { access_token: token } = await new Api(app.url).register();
      const response = await owner.call('GET', '/users/me', { token });
      expect(response.body.code).toBe('proof_invalid');
    });

    it('renews the access token of a bound session only with a proof', async () => {
      const { access_token: token } = await owner.register();
      app.clock.advance({ hours: 7 });
      const bare = await new Api(app.url).me(token);
      expect(bare.status).toBe(200);
      expect(bare.headers.has('x-new-token')).toBe(false);
      const stolen = await new BoundClient(app).call('GET', '/users/me', { token });
      expect(stolen.headers.has('x-new-token')).toBe(false);
      const proved = await owner.call('GET', '/users/me', { token });
      const renewed = proved.headers.get('x-new-token') as string;
      expect(claimsOf(renewed)).toMatchObject({ cnf: { jkt: owner.key.thumbprint } });
    });
  });

  describe('GET /api/sessions', () => {
    it('says which sessions are bound', async () => {
      const { email, access_token: token } = await owner.register();
      await new Api(app.url).login(email);
      const response = await owner.call<{ sessions: { binding: string; current: boolean }[] }>(
        'GET',
        '/sessions',
        { token },
      );
      const bindings = response.body.sessions.map(({ binding, current }) => [current, binding]);
      expect(Object.fromEntries(bindings)).toEqual({ true: 'key', false: 'none' });
    });
  });
});

@Controller('api/payments')
class PaymentsController {
  @RequireProof()
  @Get()
  list() {
    return [];
  }

  @RequireProof({ once: true })
  @HttpCode(200)
  @Post()
  pay() {
    return {};
  }
}

@Module({ controllers: [PaymentsController] })
class PaymentsModule {}

describe('@RequireProof()', () => {
  let app: TestApp;
  let owner: BoundClient;
  let token: string;

  beforeAll(async () => {
    app = await startApp({ modules: [PaymentsModule] });
    owner = new BoundClient(app);
    token = (await owner.register()).access_token;
  });
  afterAll(() => app.close());

  const pay = async (proof?: ProofChanges | false) =>
    owner.call('POST', '/payments', { token, proof });

  it('admits only requests with a proof, if the session is bound', async () => {
    const bare = await owner.call('GET', '/payments', { token, proof: false });
    expect(bare.body.code).toBe('proof_required');
    const bearer = await owner.call('GET', '/payments', {
      headers: { authorization: `Bearer ${token}` },
      proof: { accessToken: token },
    });
    expect(bearer.body.code).toBe('proof_invalid');
    expect((await owner.call('GET', '/payments', { token })).status).toBe(200);
  });

  it('admits sessions that are bound to nothing', async () => {
    const { access_token } = await new Api(app.url).register();
    const response = await new Api(app.url).call('GET', '/payments', { token: access_token });
    expect(response.status).toBe(200);
  });

  it('accepts the same proof again', async () => {
    const proof = { claims: { jti: 'again' } };
    for (let round = 0; round < 2; round++)
      expect((await owner.call('GET', '/payments', { token, proof })).status).toBe(200);
  });

  it('accepts the same proof only once where it says so', async () => {
    const proof = { claims: { jti: 'once' } };
    expect((await pay(proof)).status).toBe(200);
    const repeated = await pay(proof);
    expect(repeated.body).toMatchObject({ code: 'proof_invalid', clear_credentials: false });
    expect((await pay()).status).toBe(200);
  });

  it('forgets proofs that are too old to be accepted', async () => {
    await pay();
    const proofs = app.nest.get(UsedProofs, { strict: false });
    const rows = async () => app.database.query(`SELECT * FROM used_possession_proofs`);
    await proofs.sweep();
    expect((await rows()).length).toBeGreaterThan(0);
    app.clock.advance({ minutes: 65 });
    await proofs.sweep();
    expect(await rows()).toEqual([]);
  });
});

describe('SENDER_CONSTRAINT', () => {
  let offered: TestApp;
  let off: TestApp;
  let required: TestApp;

  beforeAll(async () => {
    offered = await startApp();
    off = await startApp({ beside: offered, env: { SENDER_CONSTRAINT: 'off' } });
    required = await startApp({ beside: offered, env: { SENDER_CONSTRAINT: 'required' } });
  });
  afterAll(async () => {
    for (const app of [required, off, offered]) await app.close();
  });

  it('off: begins no bound session, and does not free one that was begun', async () => {
    const client = new BoundClient(off);
    expect((await client.register()).token_type).toBe('bearer');
    const bound = await client.at(offered).register();
    const token = refreshTokenOf(bound);
    expect(outcomeOf(await client.refresh(token, false))).toBe('proof_required');
    expect(outcomeOf(await client.refresh(token))).toBe('rotated');
  });

  it('required: refuses sign-ins without a proof, and continues sessions that were begun', async () => {
    const unbound = await new Api(offered.url).register();
    for (const path of ['/auth/login', '/auth/register']) {
      const response = await new Api(required.url).call('POST', path, {
        body: { email: newEmail(), password: PASSWORD },
      });
      expect(response.body).toMatchObject({ code: 'proof_required', clear_credentials: false });
      expect(response.status).toBe(400);
      expect(response.headers.get('dpop-nonce')).toMatch(/^[\w-]{22}$/);
    }
    expect(outcomeOf(await new Api(required.url).refresh(refreshTokenOf(unbound)))).toBe('rotated');
    expect((await new BoundClient(required).register()).token_type).toBe('DPoP');
  });
});

describe('failed proofs', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp({ env: { THROTTLE_REFRESH_LIMIT: '2', THROTTLE_LOGIN_LIMIT: '2' } });
  });
  afterAll(() => app.close());

  it('use up no limit of their session, and are reported once a minute', async () => {
    const owner = new BoundClient(app);
    const { access_token, refresh_token = '', session_id } = await owner.register();
    const body = { current_password: PASSWORD, new_password: PASSWORD };
    for (let round = 0; round < 4; round++) {
      expect(outcomeOf(await owner.refresh(refresh_token, false))).toBe('proof_required');
      for (const [path, token] of [
        ['/auth/change-password', access_token],
        ['/auth/reauthenticate', refresh_token],
      ] as const) {
        const options = { token, body, proof: false } as const;
        expect((await owner.call('POST', path, options)).body.code).toBe('proof_required');
      }
    }
    expect(outcomeOf(await owner.refresh(refresh_token))).toBe('rotated');
    const options = { token: access_token, body: { current_password: PASSWORD } };
    expect((await owner.call('POST', '/auth/reauthenticate', options)).status).toBe(200);
    const events = () =>
      app.database.query(
        `SELECT type FROM security_events WHERE session_id = $1 AND type = 'proof_failed'`,
        [session_id],
      );
    await eventually(async () => (await events()).length > 0);
    expect(await events()).toHaveLength(1);
  });
});

describe('the URL of a proof', () => {
  let direct: TestApp;
  let behindProxy: TestApp;

  beforeAll(async () => {
    direct = await startApp();
    behindProxy = await startApp({
      beside: direct,
      env: { PUBLIC_URL: 'https://auth.example.com/backend, https://other.example.com' },
    });
  });
  afterAll(async () => {
    await behindProxy.close();
    await direct.close();
  });

  it.each(['/refresh', '/v1/auth/refresh', '/auth/refresh?x=1'])(
    'is that of the request, by any of its paths, such as /api%s',
    async (path) => {
      const owner = new BoundClient(direct);
      const body = { refresh_token: refreshTokenOf(await owner.register()) };
      expect(outcomeOf(await owner.call('POST', path, { body }))).toBe('rotated');
    },
  );

  it('is the canonical one, too, for a request by another path', async () => {
    const owner = new BoundClient(direct);
    const body = { refresh_token: refreshTokenOf(await owner.register()) };
    const proof = { url: `${direct.url}/api/auth/refresh` };
    expect(outcomeOf(await owner.call('POST', '/refresh', { body, proof }))).toBe('rotated');
  });

  it.each([
    ['https://auth.example.com/backend/api/auth/refresh', 'rotated'],
    ['https://AUTH.example.com:443/backend/api/auth/refresh', 'rotated'],
    ['https://other.example.com/api/auth/refresh', 'rotated'],
    ['https://auth.example.com/api/auth/refresh', 'proof_invalid'],
    ['http://auth.example.com/backend/api/auth/refresh', 'proof_invalid'],
    ['https://example.com/api/auth/refresh', 'proof_invalid'],
  ])('is one of PUBLIC_URL, where that is set: %s is %s', async (url, outcome) => {
    const owner = new BoundClient(direct);
    const token = refreshTokenOf(await owner.register());
    expect(outcomeOf(await owner.at(behindProxy).refresh(token, { url }))).toBe(outcome);
  });
});

@Controller('api/passkey')
class PasskeyController {
  constructor(private readonly signIn: SignIn) {}

  @Public()
  @Post()
  begin(
    @Body() { userId }: { userId: string },
    @Req() request: object,
    @Res({ passthrough: true }) reply: object,
  ) {
    return this.signIn.begin({ userId, amr: ['hwk'] }, request, reply);
  }
}

@Module({ imports: [AuthModule], controllers: [PasskeyController] })
class PasskeyModule {}

describe('SignIn.begin', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp({ modules: [PasskeyModule] });
  });
  afterAll(() => app.close());

  it('binds the session to the key that its request proves', async () => {
    const owner = new BoundClient(app);
    const { user } = await owner.register();
    const begin = (proof?: ProofChanges | false) =>
      owner.call<{ token_type: string }>('POST', '/passkey', { body: { userId: user.id }, proof });
    expect((await begin()).body.token_type).toBe('DPoP');
    expect((await begin(false)).body.token_type).toBe('bearer');
    const proof = { url: `${app.url}/api/auth/login` };
    expect((await begin(proof)).body.code).toBe('proof_invalid');
  });
});

describe('PROOF_ON=all', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp({ env: { PROOF_ON: 'all' } });
  });
  afterAll(() => app.close());

  it('demands a proof of a bound session on every route', async () => {
    const client = new BoundClient(app);
    const { access_token: token } = await client.register();
    const bare = await new Api(app.url).me(token);
    expect(bare.body).toMatchObject({ code: 'proof_required', clear_credentials: false });
    expect((await client.call('GET', '/users/me', { token })).status).toBe(200);
  });

  it('demands none of a session that is bound to nothing', async () => {
    const { access_token } = await new Api(app.url).register();
    expect((await new Api(app.url).me(access_token)).status).toBe(200);
  });
});
