import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { SkipThrottle, Throttle, ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { Public } from '../../src/index.js';
import { Api, call, refreshTokenOf } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';

@Public()
@UseGuards(ThrottlerGuard)
@Controller('api/quotes')
class QuotesController {
  @Get('usual')
  usual() {
    return {};
  }

  @Throttle({ default: { limit: 1, ttl: 60_000 } })
  @Get('rare')
  rare() {
    return {};
  }

  @SkipThrottle()
  @Get('free')
  free() {
    return {};
  }
}

@Module({
  imports: [ThrottlerModule.forRoot([{ limit: 2, ttl: 60_000 }])],
  controllers: [QuotesController],
})
class QuotesModule {}

describe("a team's own limits", () => {
  let app: TestApp;

  beforeAll(async () => {
    const env = { THROTTLE_REFRESH_LIMIT: '4', THROTTLE_LOGIN_NETWORK_LIMIT: '100' };
    app = await startApp({ modules: [QuotesModule], env });
  });
  afterAll(() => app.close());

  it.each([
    ['usual', [200, 200, 429, 429]],
    ['rare', [200, 429, 429, 429]],
    ['free', [200, 200, 200, 200]],
  ])('mean what they say: %s', async (route, statuses) => {
    for (const status of statuses)
      expect((await call('GET', `${app.url}/api/quotes/${route}`)).status).toBe(status);
  });

  it('leave ours as they are', async () => {
    const browser = new Api(app.url);
    const token = refreshTokenOf(await browser.register());
    const statuses: number[] = [];
    for (let count = 0; count < 5; count++) statuses.push((await browser.refresh(token)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 429]);
  });
});
