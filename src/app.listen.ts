import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import type { Config } from './platform/config/index.js';

/** Error codes of a machine without IPv6. */
const NO_IPV6 = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'];

/**
 * Listens on the configured host and port. `localhost` means both loopback addresses, independent
 * of the machine's resolver; `::` means all interfaces, for IPv4 too.
 *
 * @throws if the address is in use, or does not belong to this machine
 */
export async function listen(app: INestApplication, { port, host }: Config): Promise<void> {
  const server = app.getHttpServer() as Server;
  server.prependListener('connection', nameByIPv4);
  const isLoopback = host === 'localhost';
  await app.listen(port, isLoopback ? '127.0.0.1' : host);
  if (isLoopback) await listenOnIPv6Loopback(server);
}

/** On a dual-stack socket an IPv4 client has the address `::ffff:192.0.2.1`; shows `192.0.2.1`. */
function nameByIPv4(socket: Socket): void {
  const [, address] = /^::ffff:([\d.]+)$/.exec(socket.remoteAddress ?? '') ?? [];
  if (address) Object.defineProperty(socket, 'remoteAddress', { value: address });
}

/** Listens on `::1` at the same port, and passes its connections to the server. */
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
