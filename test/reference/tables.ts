import type { TestApp } from '../support/app.js';
import { errorsReference, messagesReference } from './errors.js';
import { eventsReference } from './events.js';
import { metricsReference } from './metrics.js';
import { routesReference } from './routes.js';
import { secretsReference, variablesReference } from './variables.js';

/** Of a server whose optional routes and metrics are there, too. */
export const COMPLETE = {
  ADMIN_TOKEN: 'x',
  SERVICE_TOKENS: 'orders:y',
  // Nobody listens there: instances count separately, and the metric that says so is registered.
  REDIS_URL: 'redis://127.0.0.1:1',
};

/** Every generated table, by the name in the markers of pages. */
export async function referenceTables(app: TestApp): Promise<Readonly<Record<string, string>>> {
  return {
    variables: variablesReference(),
    secrets: secretsReference(),
    errors: errorsReference(),
    messages: messagesReference(),
    events: eventsReference(),
    metrics: metricsReference(app),
    routes: await routesReference(app),
  };
}
