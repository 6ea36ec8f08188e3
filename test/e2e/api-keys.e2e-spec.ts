import { Controller, Get, Injectable, Module, Req, UseGuards } from '@nestjs/common';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import passport from 'passport';
import { Public } from '../../src/index.js';
import { call } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';

@Injectable()
class ApiKeys {
  serviceOf(key: unknown) {
    return key === 'of-the-reports' ? { service: 'reports' } : undefined;
  }
}

// What docs/providers.md shows, word for word but for the imports.
@Injectable()
class ApiKeyStrategy extends PassportStrategy(passport.Strategy, 'api-key') {
  constructor(private readonly keys: ApiKeys) {
    super();
  }

  override authenticate(request: { headers: Record<string, unknown> }) {
    const service = this.validate(request.headers['x-api-key']);
    return service ? this.success(service) : this.fail(401);
  }

  validate(key: unknown) {
    return this.keys.serviceOf(key);
  }
}

@Public()
@UseGuards(AuthGuard('api-key'))
@Controller('api/exports')
class ExportsController {
  @Get()
  list(@Req() { user }: { user: { service: string } }) {
    return { for: user.service, exports: [] };
  }
}

@Module({ controllers: [ExportsController], providers: [ApiKeyStrategy, ApiKeys] })
class ExportsModule {}

describe("a team's strategy for API keys", () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp({ modules: [ExportsModule] });
  });
  afterAll(() => app?.close());

  const list = (headers: Record<string, string>) =>
    call('GET', `${app.url}/api/exports`, { headers });

  it('counts in place of the access token', async () => {
    const { status, body } = await list({ 'x-api-key': 'of-the-reports' });
    expect([status, body]).toEqual([200, { for: 'reports', exports: [] }]);
  });

  it('refuses other keys, and says nothing about tokens', async () => {
    for (const headers of [{ 'x-other': '' }, { 'x-api-key': 'wrong' }] as Record<
      string,
      string
    >[]) {
      const { status, body } = await list(headers);
      expect([status, body.code]).toEqual([401, 'unauthorized']);
    }
  });
});
