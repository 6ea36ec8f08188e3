import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import {
  listen,
  loadConfig,
  NestLogger,
  provideForDevelopment,
  readEnvironment,
  shutDown,
} from 'evergreen-auth';
import { AppModule } from './app.module.js';

const { environment, stop } = await provideForDevelopment(readEnvironment(process.env));
const config = loadConfig(environment);
const app = await NestFactory.create(AppModule.with(config), new ExpressAdapter(), {
  bufferLogs: true,
});
app.useLogger(app.get(NestLogger));
await listen(app, config);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(
    signal,
    () =>
      void shutDown(app, config)
        .then(stop)
        .then(() => process.exit(0)),
  );
}
