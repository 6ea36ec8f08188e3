// Evergreen with two routes that do nothing: one is public, the other is protected by its
// guard.
import { Controller, Get, Module } from '@nestjs/common';
import { createApp, loadConfig, Public, readEnvironment } from '../../dist/index.js';

class Routes {
  open() {
    return { ok: true };
  }

  guarded() {
    return { ok: true };
  }
}
decorate('open', Get('open'), Public());
decorate('guarded', Get('guarded'));
Controller('bench')(Routes);

class RoutesModule {}
Module({ controllers: [Routes] })(RoutesModule);

/** As TypeScript does it. */
function decorate(method, ...decorators) {
  for (const decorator of decorators)
    decorator(Routes.prototype, method, Object.getOwnPropertyDescriptor(Routes.prototype, method));
}

process.once('SIGTERM', () => process.exit(0));
const config = loadConfig(readEnvironment(process.env));
const app = await createApp(config, { modules: [RoutesModule] });
await app.listen(config.port, '127.0.0.1');
