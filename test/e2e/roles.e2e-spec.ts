import { Controller, Get, Module } from '@nestjs/common';
import { CurrentUser, Public, Roles, Users, type CallingUser } from '../../src/index.js';
import { Api, call, claimsOf, newEmail, refreshTokenOf } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';

@Roles('support', 'admin')
@Controller('api/reports')
class ReportsController {
  @Get()
  all(@CurrentUser() { roles }: CallingUser) {
    return { roles };
  }

  @Roles('admin')
  @Get('secret')
  secret() {
    return {};
  }

  @Public()
  @Get('public')
  open() {
    return {};
  }
}

@Controller('api/notes')
class NotesController {
  @Get()
  mine(@CurrentUser() user: CallingUser) {
    return user;
  }
}

@Module({ controllers: [ReportsController, NotesController] })
class ReportsModule {}

describe('roles', () => {
  let app: TestApp;
  let users: Users;
  let api: Api;

  beforeAll(async () => {
    app = await startApp({ modules: [ReportsModule] });
    users = app.nest.get(Users, { strict: false });
    api = new Api(app.url);
  });
  afterAll(() => app.close());

  const signedIn = async (...roles: string[]) => {
    const { user, email, access_token } = await api.register();
    if (roles.length > 0) await users.setRoles(user.id, roles);
    const { body } = await api.login(email);
    return { id: user.id, email, firstToken: access_token, ...body };
  };
  const codeOf = async (path: string, token?: string) =>
    (await call('GET', `${app.url}/api${path}`, { token })).body.code;

  describe('access tokens', () => {
    it('have the roles of the user', async () => {
      const { access_token } = await signedIn('admin', 'eu:support');
      expect(claimsOf(access_token)).toMatchObject({ roles: ['admin', 'eu:support'] });
    });

    it('have neither roles nor a version while the user has never had one', async () => {
      const { access_token } = await signedIn();
      expect(claimsOf(access_token)).not.toHaveProperty('roles');
      expect(claimsOf(access_token)).not.toHaveProperty('claims_version');
    });

    it('are taken with as many roles as a user can have, of the greatest length', async () => {
      const roles = Array.from({ length: 50 }, (_, n) => `${n}`.padStart(64, 'r'));
      const { access_token } = await signedIn(...roles);
      const { body } = await call<CallingUser>('GET', `${app.url}/api/notes`, {
        token: access_token,
      });
      expect(body.roles).toHaveLength(50);
    });
  });

  describe('@Roles()', () => {
    it('admits a user with one of the roles, who is told to the handler', async () => {
      const { access_token: token } = await signedIn('support');
      const { status, body } = await call('GET', `${app.url}/api/reports`, { token });
      expect(status).toBe(200);
      expect(body).toEqual({ roles: ['support'] });
    });

    it('is forbidden to a user with none of them, and on a method means its own roles', async () => {
      const { access_token: none } = await signedIn('sales');
      expect(await codeOf('/reports', none)).toBe('forbidden');
      const { access_token: support } = await signedIn('support');
      expect(await codeOf('/reports/secret', support)).toBe('forbidden');
      const { access_token: admin } = await signedIn('admin');
      expect(await codeOf('/reports/secret', admin)).toBeUndefined();
    });

    it('asks for a token first', async () => {
      expect(await codeOf('/reports')).toBe('token_missing');
    });

    it('is forbidden to everybody on what is public', async () => {
      const { access_token: token } = await signedIn('admin');
      expect(await codeOf('/reports/public', token)).toBe('forbidden');
    });
  });

  describe('a change of roles', () => {
    it('makes older access tokens expire at once, remembered ones too, and ends no session', async () => {
      const { id, access_token, refresh_token } = await signedIn('admin');
      expect(await codeOf('/reports/secret', access_token)).toBeUndefined();
      await users.changeRoles(id, { remove: ['admin'] });
      expect(await codeOf('/reports/secret', access_token)).toBe('token_expired');
      const { status, body } = await api.refresh(refresh_token!);
      expect(status).toBe(200);
      expect(await codeOf('/reports/secret', body.access_token)).toBe('forbidden');
      expect(await codeOf('/notes', body.access_token)).toBeUndefined();
    });

    it('tells tokens of the same millisecond apart', async () => {
      const frozen = jest.spyOn(app.clock, 'nowMs').mockReturnValue(app.clock.nowMs());
      const { id, access_token: before } = await signedIn('admin');
      await users.setRoles(id, []);
      const { email } = (await users.findById(id))!;
      const { body } = await api.login(email);
      await users.setRoles(id, ['support']);
      const { body: after } = await api.login(email);
      const issuedAt = [before, body.access_token, after.access_token].map(
        (token) => claimsOf(token).iat,
      );
      expect(new Set(issuedAt).size).toBe(1);
      expect(await codeOf('/notes', before)).toBe('token_expired');
      expect(await codeOf('/notes', body.access_token)).toBe('token_expired');
      expect(await codeOf('/notes', after.access_token)).toBeUndefined();
      frozen.mockRestore();
    });

    it('leaves tokens alone where nothing changes', async () => {
      const { id, access_token: token } = await signedIn('admin', 'support');
      await users.setRoles(id, ['support', 'admin', 'admin']);
      await users.changeRoles(id, { add: ['admin'], remove: ['sales'] });
      expect(await codeOf('/notes', token)).toBeUndefined();
    });

    it('lets a client that has only the access token renew it', async () => {
      const { id, access_token: token } = await signedIn('admin');
      await users.setRoles(id, ['support']);
      const { status, body } = await api.refresh(token);
      expect(status).toBe(200);
      expect(claimsOf(body.access_token).roles).toEqual(['support']);
      expect(await codeOf('/notes', body.access_token)).toBeUndefined();
    });

    it('is in the token of X-New-Token', async () => {
      const { id, email } = await signedIn('admin');
      await users.setRoles(id, ['support']);
      const { access_token: token } = (await api.login(email)).body;
      app.clock.advance({ hours: 7 });
      const response = await api.call('GET', '/auth/verify', { token });
      const renewed = response.headers.get('x-new-token')!;
      expect(claimsOf(renewed)).toMatchObject({ roles: ['support'], claims_version: 2 });
      expect(await codeOf('/notes', renewed)).toBeUndefined();
    });

    it('adds up with others that are made at the same time', async () => {
      const { id } = await signedIn();
      await Promise.all(
        ['a', 'b', 'c', 'd', 'e'].map((role) => users.changeRoles(id, { add: [role] })),
      );
      expect((await users.findById(id))?.roles).toEqual(['a', 'b', 'c', 'd', 'e']);
    });

    it('is for one user, and another keeps the tokens', async () => {
      const [one, other] = [await signedIn(), await signedIn()];
      await users.setRoles(one.id, ['admin']);
      expect(await codeOf('/notes', other.access_token)).toBeUndefined();
      expect((await api.refresh(refreshTokenOf(one))).status).toBe(200);
    });

    it('is one security event, with the names', async () => {
      const { id, access_token } = await signedIn('a', 'b');
      await users.changeRoles(id, { add: ['c'], remove: ['a'] });
      expect(await codeOf('/notes', access_token)).toBe('token_expired');
      const events = await app.database.query<{ details: object }>(
        `SELECT details FROM security_events WHERE user_id = $1 AND type = 'roles_changed' ORDER BY id`,
        [id],
      );
      expect(events.map(({ details }) => details)).toEqual([
        { added: ['a', 'b'], removed: [] },
        { added: ['c'], removed: ['a'] },
      ]);
    });
  });

  describe('Users', () => {
    it('finds users by id and by address, with no secret', async () => {
      const { id, email } = await signedIn('admin');
      const user = await users.findById(id);
      expect(user).toMatchObject({
        id,
        email,
        roles: ['admin'],
        metadata: {},
        deactivatedAt: null,
      });
      expect(await users.findByEmail(email.toUpperCase())).toEqual(user);
      expect(user).not.toHaveProperty('passwordHash');
      expect(await users.findById('none')).toBeNull();
      expect(await users.findByEmail(newEmail())).toBeNull();
      expect(await users.findByEmail(id)).toBeNull();
    });

    it.each([
      [['']],
      [['a b']],
      [['a'.repeat(65)]],
      [['ä']],
      [['a\n']],
      [Array.from({ length: 51 }, (_, n) => `r${n}`)],
    ])('refuses the roles %j', async (roles) => {
      const { id } = await signedIn();
      await expect(users.setRoles(id, roles)).rejects.toMatchObject({ code: 'validation_failed' });
      await expect(users.changeRoles(id, { add: roles })).rejects.toMatchObject({
        code: 'validation_failed',
      });
    });

    it('keeps an object of 4 kB about a user, and not a byte more', async () => {
      const { id } = await signedIn();
      const sized = (bytes: number) => ({ text: 'x'.repeat(bytes - '{"text":""}'.length) });
      expect((await users.setMetadata(id, sized(4096)))?.metadata).toEqual(sized(4096));
      await expect(users.setMetadata(id, sized(4097))).rejects.toMatchObject({
        code: 'validation_failed',
      });
    });

    it.each([[[]], [{ a: '\0' }], [{ a: '\ud800' }], [null as unknown as object]])(
      'refuses the metadata %j',
      async (metadata) => {
        const { id } = await signedIn();
        await expect(users.setMetadata(id, metadata)).rejects.toMatchObject({
          code: 'validation_failed',
        });
      },
    );

    it('expires the access tokens of a user, for a change that their claims depend on', async () => {
      const { id, access_token, refresh_token } = await signedIn();
      await users.expireAccessTokens(id);
      expect(await codeOf('/notes', access_token)).toBe('token_expired');
      expect((await api.refresh(refresh_token!)).status).toBe(200);
    });
  });
});
