import {
  CanActivate,
  Controller,
  ExecutionContext,
  ForbiddenException,
  Get,
  Injectable,
  Module,
  Scope,
  type Type,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { AuthModule } from '../../src/auth/index.js';
import { Api, call } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';

/** A usual role guard: it allows requests without a user. */
@Injectable()
class RolesGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { user } = context.switchToHttp().getRequest<FastifyRequest>();
    if (!user) return true;
    throw new ForbiddenException('Only for administrators.');
  }
}

@Injectable({ scope: Scope.REQUEST })
class RolesGuardOfTheRequest extends RolesGuard {}

@Controller('api/reports')
class ReportsController {
  @Get()
  all(): object {
    return { reports: [] };
  }
}

const OWN = { controllers: [ReportsController] };

@Module({ ...OWN, providers: [{ provide: APP_GUARD, useClass: RolesGuard }] })
class WithGuard {}

@Module({ ...OWN, providers: [RolesGuard, { provide: APP_GUARD, useExisting: RolesGuard }] })
class WithExistingGuard {}

@Module({ ...OWN, providers: [{ provide: APP_GUARD, useClass: RolesGuardOfTheRequest }] })
class WithGuardOfTheRequest {}

@Module({
  ...OWN,
  imports: [AuthModule],
  providers: [{ provide: APP_GUARD, useClass: RolesGuard }],
})
class WithGuardBesideOurs {}

describe('a global guard of a team', () => {
  let app: TestApp;

  afterEach(() => app.close());

  it.each<[string, Type]>([
    ['in its module', WithGuard],
    ['by another name', WithExistingGuard],
    ['made for each request', WithGuardOfTheRequest],
    ['in a module that imports ours', WithGuardBesideOurs],
  ])('%s runs after ours, and knows the user', async (_, module) => {
    app = await startApp({ modules: [module] });
    const { access_token: token } = await new Api(app.url).register();
    expect((await call('GET', `${app.url}/api/reports`, { token })).body.code).toBe('forbidden');
    expect((await call('GET', `${app.url}/api/reports`)).body.code).toBe('token_missing');
  });
});
