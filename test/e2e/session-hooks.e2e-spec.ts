import { Controller, Get, Injectable, Module, Scope } from '@nestjs/common';
import {
  AccessTokens,
  ApiProblems,
  CurrentUser,
  defineProblems,
  Problem,
  Public,
  SessionHook,
  Users,
  type BeforeRefresh,
  type BeforeSignIn,
  type CallingUser,
  type ClaimsHook,
  type SessionFacts,
  type SignInRequest,
  type UserAccount,
} from '../../src/index.js';
import { Api, call, claimsOf, newEmail, PASSWORD, refreshTokenOf } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';

const problems = defineProblems({
  address_unproved: {
    status: 403,
    title: 'Address not proved',
    detail: 'Click the link that we have mailed to you.',
  },
  contract_over: {
    status: 401,
    title: 'Contract over',
    detail: 'Your contract has ended.',
    clearCredentials: true,
    retryable: true,
  },
});

interface TenantClaims {
  tenant: unknown;
}

/** What the hooks do next; a test sets it. */
@Injectable()
class Plan {
  signIn: (user: UserAccount, request: SignInRequest) => unknown = () => undefined;
  refresh: (user: UserAccount, session: SessionFacts) => unknown = () => undefined;
  claims: (user: UserAccount, session: SessionFacts) => unknown = (user) => ({
    tenant: user.metadata.tenant ?? 'none',
  });
}

@SessionHook()
class Tenants implements ClaimsHook<TenantClaims>, BeforeSignIn, BeforeRefresh {
  constructor(private readonly plan: Plan) {}

  beforeSignIn(user: UserAccount, request: SignInRequest) {
    return this.plan.signIn(user, request) as Problem | undefined;
  }

  beforeRefresh(user: UserAccount, session: SessionFacts) {
    return this.plan.refresh(user, session) as Problem | undefined;
  }

  claims(user: UserAccount, session: SessionFacts) {
    return this.plan.claims(user, session) as TenantClaims;
  }
}

@Controller('api/whoami')
class WhoController {
  @Get()
  who(@CurrentUser() user: CallingUser<TenantClaims>) {
    return { tenant: user.claims.tenant, isFrozen: Object.isFrozen(user.claims.tenant) };
  }

  @Public()
  @ApiProblems('not_found', problems.contract_over)
  @Get('over')
  over() {
    throw problems.contract_over({ detail: 'Since May.', members: { since: '2026-05' } });
  }
}

@Module({
  controllers: [WhoController],
  providers: [Plan, Tenants, { provide: 'alias', useExisting: Tenants }],
})
class TenantsModule {}

const sized = (bytes: number) => ({ tenant: 'x'.repeat(bytes - '{"tenant":""}'.length) });

describe('session hooks of a team', () => {
  let app: TestApp;
  let api: Api;
  let plan: Plan;

  beforeAll(async () => {
    app = await startApp({ modules: [TenantsModule] });
    api = new Api(app.url);
    plan = app.nest.get(Plan, { strict: false });
  });
  afterAll(() => app.close());
  beforeEach(() => Object.assign(plan, new Plan()));

  const sessionsOf = async (userId: string) =>
    Number(
      (
        await app.database.query<{ n: string }>(
          `SELECT count(*) AS n FROM sessions WHERE user_id = $1`,
          [userId],
        )
      )[0]?.n,
    );
  const who = (token: string) =>
    call<{ tenant: unknown; isFrozen: boolean }>('GET', `${app.url}/api/whoami`, { token });

  describe('claims', () => {
    it('are in the tokens of registration, login, refresh, renewal and change of password', async () => {
      const { email, ...registered } = await api.register();
      const loggedIn = (await api.login(email)).body;
      const refreshed = (await api.refresh(refreshTokenOf(loggedIn))).body;
      const changed = (await api.changePassword(refreshed.access_token, PASSWORD, `${PASSWORD}2`))
        .body;
      const exchanged = (await api.refresh(changed.access_token)).body;
      for (const { access_token } of [registered, loggedIn, refreshed, changed, exchanged])
        expect(claimsOf(access_token).tenant).toBe('none');
      app.clock.advance({ hours: 7 });
      const { headers } = await api.me(exchanged.access_token);
      expect(claimsOf(headers.get('x-new-token')!).tenant).toBe('none');
    });

    it('are what the user is now, and tell the handler', async () => {
      const users = app.nest.get(Users, { strict: false });
      const { user, email } = await api.register();
      await users.setMetadata(user.id, { tenant: { name: 'acme' } });
      const { access_token } = (await api.login(email)).body;
      // A remembered token, too.
      for (let time = 0; time < 2; time++)
        expect((await who(access_token)).body).toEqual({
          tenant: { name: 'acme' },
          isFrozen: true,
        });
      const { claims } = await app.nest
        .get(AccessTokens, { strict: false })
        .verify<TenantClaims>(access_token);
      expect(claims.tenant).toEqual({ name: 'acme' });
    });

    it('are given the session, the same at login and refresh', async () => {
      const seen: SessionFacts[] = [];
      plan.claims = (_, session) => (seen.push(session), {});
      const { session_id, refresh_token } = await api.register();
      await api.refresh(refresh_token!);
      expect(seen.map(({ id }) => id)).toEqual([session_id, session_id]);
      expect(seen.map(({ amr }) => amr)).toEqual([['pwd'], ['pwd']]);
    });

    it('may have 1 kB as JSON', async () => {
      plan.claims = () => sized(1024);
      const { access_token: token } = await api.register();
      expect((await who(token)).body.tenant).toBe(sized(1024).tenant);
    });

    it.each<[string, () => unknown]>([
      ['have a byte more', () => sized(1025)],
      ['have a byte more in UTF-8', () => ({ tenant: sized(1023).tenant + 'ä' })],
      ['name a registered claim', () => ({ sub: 'somebody else' })],
      ['name a claim of ours', () => ({ renew_until: 9_999_999_999 })],
      ['name one when they are JSON', () => ({ toJSON: () => ({ exp: 9_999_999_999 }) })],
      ['are no object', () => 'admin'],
      ['are a list', () => []],
      ['are nothing', () => undefined],
      [
        'refer to themselves',
        () => {
          const circle: Record<string, unknown> = {};
          return (circle.self = circle);
        },
      ],
      [
        'are not there, since the hook throws a 401 of its own',
        () => {
          throw new Problem('session_revoked');
        },
      ],
    ])('that %s are internal_error, begin no session and end none', async (_, claims) => {
      const { user, email, access_token, refresh_token } = await api.register();
      plan.claims = claims;
      const refused = [
        await api.login(email),
        await api.refresh(refresh_token!),
        await api.refresh(access_token),
        await api.changePassword(access_token, PASSWORD, `${PASSWORD}2`),
      ];
      for (const { status, body } of refused)
        expect([status, body.code, body.clear_credentials]).toEqual([500, 'internal_error', false]);
      expect(await sessionsOf(user.id)).toBe(1);

      plan.claims = () => ({});
      expect((await api.me(access_token)).status).toBe(200);
      expect((await api.refresh(refresh_token!)).headers.get('x-refresh-outcome')).toBe('rotated');
    });

    it('serve a request without a renewal where the hook fails', async () => {
      const { access_token: token } = await api.register();
      app.clock.advance({ hours: 7 });
      plan.claims = () => {
        throw new Error('The tenants are away.');
      };
      const { status, headers } = await api.me(token);
      expect(status).toBe(200);
      expect(headers.get('x-new-token')).toBeNull();
    });

    it('follow roles that change while the hook is asked', async () => {
      const users = app.nest.get(Users, { strict: false });
      const { user, refresh_token } = await api.register();
      let isFirst = true;
      plan.claims = async ({ roles }) => {
        if (isFirst) {
          isFirst = false;
          await users.setRoles(user.id, ['admin']);
        }
        return { tenant: roles };
      };
      const { access_token } = (await api.refresh(refresh_token!)).body;
      expect(claimsOf(access_token)).toMatchObject({ tenant: ['admin'], claims_version: 1 });
    });
  });

  describe('beforeSignIn', () => {
    it('refuses with a code of the team, after the password was right, and begins no session', async () => {
      const { user, email } = await api.register();
      const seen: SignInRequest[] = [];
      plan.signIn = (account, request) => {
        seen.push(request);
        return account.emailVerified ? undefined : problems.address_unproved();
      };
      const { status, body } = await api.login(email);
      expect([status, body.code]).toEqual([403, 'address_unproved']);
      expect(body.detail).toBe('Click the link that we have mailed to you.');
      expect(await sessionsOf(user.id)).toBe(1);
      expect(seen).toMatchObject([
        { amr: ['pwd'], transport: 'body', client: { ip: '127.0.0.1' } },
      ]);
      expect((await api.login(email, { password: 'wrong-password' })).body.code).toBe(
        'invalid_credentials',
      );
      expect(seen).toHaveLength(1);
    });

    it('leaves a registered account without a session', async () => {
      plan.signIn = () => problems.address_unproved();
      const email = newEmail();
      const { status, body } = await api.call('POST', '/auth/register', {
        body: { email, password: PASSWORD },
      });
      expect([status, body.code]).toEqual([403, 'address_unproved']);
      plan.signIn = () => undefined;
      expect((await api.login(email)).status).toBe(200);
    });

    it.each<[string, () => unknown, string]>([
      ['throws', () => Promise.reject(new Error('no')), 'internal_error'],
      [
        'throws a problem of ours',
        () => Promise.reject(new Problem('session_revoked')),
        'internal_error',
      ],
      ['returns false', () => false, 'internal_error'],
      [
        'finds its database away',
        () => Promise.reject(Object.assign(new Error('no'), { code: 'ECONNREFUSED' })),
        'service_unavailable',
      ],
      ['never returns', () => new Promise(() => undefined), 'service_unavailable'],
    ])('that %s refuses without a 401', async (_, hook, code) => {
      const { user, email } = await api.register();
      plan.signIn = hook;
      const { body } = await api.login(email);
      expect([body.code, body.clear_credentials]).toEqual([code, false]);
      expect(await sessionsOf(user.id)).toBe(1);
    });
  });

  describe('beforeRefresh', () => {
    it('refuses with 403 whatever the problem says, keeps the session, and the token', async () => {
      const { refresh_token, access_token } = await api.register();
      plan.refresh = () => problems.contract_over();
      for (const token of [refresh_token!, access_token]) {
        const { status, body } = await api.refresh(token);
        expect([status, body.code]).toEqual([403, 'contract_over']);
        expect([body.clear_credentials, body.retryable]).toEqual([false, true]);
      }
      plan.refresh = () => undefined;
      expect((await api.refresh(refresh_token!)).headers.get('x-refresh-outcome')).toBe('rotated');
    });

    it('refuses by a thrown problem of the team, too', async () => {
      const { refresh_token } = await api.register();
      plan.refresh = () => Promise.reject(problems.contract_over());
      expect((await api.refresh(refresh_token!)).body.code).toBe('contract_over');
    });

    it('is asked before X-New-Token', async () => {
      const { access_token: token } = await api.register();
      app.clock.advance({ hours: 7 });
      plan.refresh = () => problems.contract_over();
      const { status, headers } = await api.me(token);
      expect([status, headers.get('x-new-token')]).toEqual([200, null]);
    });

    it('is not asked about a session that has ended', async () => {
      const { access_token, refresh_token } = await api.register();
      await api.logout(access_token);
      plan.refresh = () => problems.contract_over();
      expect((await api.refresh(refresh_token!)).body.code).toBe('session_revoked');
    });

    it.each<[string, () => unknown, string]>([
      ['throws', () => Promise.reject(new Error('no')), 'internal_error'],
      ['never returns', () => new Promise(() => undefined), 'service_unavailable'],
    ])('that %s keeps the session', async (_, hook, code) => {
      const { refresh_token } = await api.register();
      plan.refresh = hook;
      const { body } = await api.refresh(refresh_token!);
      expect([body.code, body.clear_credentials]).toEqual([code, false]);
      plan.refresh = () => undefined;
      expect((await api.refresh(refresh_token!)).status).toBe(200);
    });
  });

  describe('problems of a team', () => {
    it('have its code, title and flags', async () => {
      const { status, body, headers } = await call('GET', `${app.url}/api/whoami/over`);
      expect(status).toBe(401);
      expect(body).toMatchObject({
        code: 'contract_over',
        title: 'Contract over',
        detail: 'Since May.',
        since: '2026-05',
        retryable: true,
        clear_credentials: true,
      });
      expect(headers.get('retry-after')).not.toBeNull();
    });

    it('are documented with an example', async () => {
      const { body } = await call<{ paths: Record<string, { get: { responses: object } }> }>(
        'GET',
        `${app.url}/openapi.json`,
      );
      const { responses } = body.paths['/api/whoami/over']!.get;
      expect(responses).toHaveProperty([
        '401',
        'content',
        'application/problem+json',
        'examples',
        'contract_over',
        'value',
        'clear_credentials',
      ]);
      expect(responses).toHaveProperty('404');
    });

    it.each([
      ['token_expired', 403],
      ['NotSnake', 403],
      ['__proto__', 403],
      ['fine', 200],
      ['fine', 600],
    ])('cannot have the code %s with status %d', (code, status) => {
      const described = JSON.parse(
        JSON.stringify({ code: { status, title: 'T', detail: 'D' } }).replace('code', code),
      ) as Parameters<typeof defineProblems>[0];
      expect(() => defineProblems(described)).toThrow();
    });
  });
});

@SessionHook()
class Empty {}

@Injectable({ scope: Scope.REQUEST })
class OfTheRequest {}

@SessionHook()
class RequestScoped {
  constructor(readonly request: OfTheRequest) {}

  claims() {
    return {};
  }
}

describe('@SessionHook()', () => {
  it.each([
    ['has none of its methods', [Empty]],
    ['is made for each request', [RequestScoped, OfTheRequest]],
  ])('stops the start of an application where the class %s', async (_, providers) => {
    @Module({ providers })
    class Broken {}
    await expect(startApp({ modules: [Broken] })).rejects.toThrow(/session hook/);
  });
});
