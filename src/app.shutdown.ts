import { setTimeout as pause } from 'node:timers/promises';
import type { Server } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import type { Config } from './platform/config/index.js';
import { Readiness } from './platform/readiness/index.js';

/** Connections that are still open after this time, such as endless streams, are cut. */
const CLOSE_WITHIN_MS = 5000;

/**
 * Stops the application without losing a request. First it reports that it is not ready, and closes
 * each client's connection after its next response. Then it accepts no more connections, finishes
 * the requests in flight, and closes.
 */
export async function shutDown(
  app: INestApplication,
  { shutdownDrainSeconds }: Config,
): Promise<void> {
  app.get(Readiness).drain();
  await pause(shutdownDrainSeconds * 1000);

  const server = app.getHttpServer() as Server;
  const cut = setTimeout(() => server.closeAllConnections(), CLOSE_WITHIN_MS);
  await app.close();
  clearTimeout(cut);
}
