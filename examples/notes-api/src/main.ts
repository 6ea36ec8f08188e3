import {
  createApp,
  listen,
  loadConfig,
  provideForDevelopment,
  readEnvironment,
  shutDown,
} from 'evergreen-auth';
import { NOTES_API } from './app.js';

const { environment, stop } = await provideForDevelopment(readEnvironment(process.env));
const config = loadConfig(environment);
const app = await createApp(config, NOTES_API);
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
