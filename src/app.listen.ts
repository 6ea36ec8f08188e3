import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from './platform/config/index.js';

/** What a machine without IPv6 says. */
const NO_IPV6 = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'];

/**
 * Listens where the configuration says. `localhost` is both addresses of the loopback interface,
 * whatever the machine's resolver knows; `::` is all interfaces, of IPv4 too.
 *
 * Rejects where an address is taken, or is none of this machine.
 */
export async function listen(app: NestFastifyApplication, { port, host }: Config): Promise<void> {
  app.getHttpServer().prependListener('connection', nameByIPv4);
  const isLoopback = host === 'localhost';
  await app.listen(port, isLoopback ? '127.0.0.1' : host);
  if (isLoopback) await listenOnIPv6Loopback(app.getHttpServer());
}

/** A socket of both families calls a client of IPv4 `::ffff:192.0.2.1`, which nobody would expect. */
function nameByIPv4(socket: Socket): void {
  const [, address] = /^::ffff:([\d.]+)$/.exec(socket.remoteAddress ?? '') ?? [];
  if (address) Object.defineProperty(socket, 'remoteAddress', { value: address });
}

/** Hands its connections to the server that listens on the other address, at the same port. */
async function listenOnIPv6Loopback(server: Server): Promise<void> {
  const { port } = server.address() as { port: number };
  const second = createServer((socket) => server.emit('connection', socket));
  try {
    await once(second.listen(port, '::1'), 'listening');
  } catch (error) {
    if (NO_IPV6.includes((error as NodeJS.ErrnoException).code ?? '')) return;
    throw error;
  }
  server.once('close', () => second.close());
}
