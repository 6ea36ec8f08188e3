import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A proxy between a server and those who connect to it, with which a test interrupts them. */
export interface TcpProxy {
  readonly port: number;
  /** The target of new connections. */
  target: number;
  /**
   * `silent`: bytes are dropped without an error, as by a network that drops packets. `held`: bytes
   * are kept, and delivered once it is open again. `cut`: connections are reset and rejected.
   */
  mode: 'open' | 'silent' | 'held' | 'cut';
  /** The delay of bytes in each direction. */
  delayMs: number;
  /** From now on the connections that exist are silent; new ones work. */
  abandonAll(): void;
  close(): Promise<void>;
}

/** A proxy on a free port of the loopback interface. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const abandoned = new WeakSet<Socket>();
  const held: (() => void)[] = [];
  let mode: TcpProxy['mode'] = 'open';
  const server = createServer((near) => {
    if (mode === 'cut') return void near.destroy();
    const far = connect(proxy.target, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => {
        if (mode === 'held') held.push(() => to.write(bytes));
        if (mode !== 'open' || abandoned.has(from)) return;
        if (proxy.delayMs === 0) to.write(bytes);
        else setTimeout(() => to.write(bytes), proxy.delayMs);
      });
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const cutAll = () => sockets.forEach((socket) => socket.destroy());
  const proxy: TcpProxy = {
    port: (server.address() as AddressInfo).port,
    target,
    delayMs: 0,
    get mode() {
      return mode;
    },
    set mode(wanted) {
      mode = wanted;
      if (mode === 'cut') cutAll();
      if (mode === 'open') held.splice(0).forEach((deliver) => deliver());
    },
    abandonAll: () => sockets.forEach((socket) => abandoned.add(socket)),
    close: () => {
      cutAll();
      return new Promise((closed) => server.close(() => closed()));
    },
  };
  return proxy;
}

/** The same database, reached through the proxy. */
export function through(proxy: TcpProxy, databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.port = String(proxy.port);
  return url.href;
}
