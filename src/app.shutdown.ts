import { setTimeout as pause } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from './platform/config/index.js';
import { Readiness } from './platform/readiness/index.js';

/** What is still open then, such as an endless stream, is cut. */
const CLOSE_WITHIN_MS = 5000;

/**
 * Takes the application out of service without losing a request: first it says that it is not ready
 * and lets go of its clients, one answer each; then it takes no more connections, finishes what is
 * in flight, and closes.
 */
export async function shutDown(
  app: NestFastifyApplication,
  { shutdownDrainSeconds }: Config,
): Promise<void> {
  app.get(Readiness).drain();
  await pause(shutdownDrainSeconds * 1000);

  const server = app.getHttpServer();
  const cut = setTimeout(() => server.closeAllConnections(), CLOSE_WITHIN_MS);
  await app.close();
  clearTimeout(cut);
}
