import type { RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../clock/index.js';
import { ApiPaths } from './api-paths.js';
import { HttpHooks } from './hooks/index.js';

/**
 * Requests of one connection that may wait behind the current one. Browsers and proxies send the
 * next request after the response; a client that sends more without reading makes the server keep a
 * response for each.
 */
const MAX_WAITING = 32;

/**
 * A connection is cut if its client reads nothing of a response for this time. The largest response
 * is half a megabyte, so 25 kB/s are enough.
 */
const UNREAD_WITHIN_MS = 20_000;

const LOOK_EVERY_MS = 2000;

/** How much a client had read when its connection was found to be waiting, and when that was. */
interface Stuck {
  readonly sentBytes: number;
  readonly sinceMs: number;
}

/**
 * Limits the pending requests and unread responses of a connection. Node stops reading from a
 * connection whose responses are not read, but only after it has begun all requests that it has
 * already read: some 1,500 of the shortest. And it never closes such a connection.
 *
 * Only where Evergreen is the whole server: another application may have reasons for such a client.
 */
@Injectable()
export class ConnectionBounds implements OnApplicationShutdown {
  private readonly sockets = new Set<Socket>();
  private readonly stuck = new Map<Socket, Stuck>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    hooks: HttpHooks,
    { isWholeServer }: ApiPaths,
    private readonly clock: Clock,
  ) {
    if (isWholeServer) hooks.onServer((server) => this.bound(server));
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private bound(server: Server): void {
    boundWaiting(server);
    server.on('connection', (socket) => this.watch(socket));
    this.timer = setInterval(() => this.closeUnread(), LOOK_EVERY_MS).unref();
  }

  private watch(socket: Socket): void {
    this.sockets.add(socket);
    socket.once('close', () => {
      this.sockets.delete(socket);
      this.stuck.delete(socket);
    });
  }

  private closeUnread(): void {
    for (const socket of this.sockets)
      if (socket.writableLength === 0) this.stuck.delete(socket);
      else if (this.unreadMs(socket) >= UNREAD_WITHIN_MS) socket.destroy();
  }

  /** For how long the client has read nothing. */
  private unreadMs(socket: Socket): number {
    const nowMs = this.clock.monotonicMs();
    const sentBytes = socket.bytesWritten - socket.writableLength;
    const before = this.stuck.get(socket);
    if (before?.sentBytes === sentBytes) return nowMs - before.sinceMs;
    this.stuck.set(socket, { sentBytes, sinceMs: nowMs });
    return 0;
  }
}

/** Cuts a connection with too many waiting requests; the excess requests are never begun. */
function boundWaiting(server: Server): void {
  const listeners = server.listeners('request') as RequestListener[];
  const waiting = new Map<Socket, number>();
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    if (isWaiting(response) && !mayWait(request.socket, response, waiting))
      request.socket.destroy();
    else for (const listener of listeners) listener.call(server, request, response);
  });
}

/** Node assigns the socket to one response at a time. */
function isWaiting({ socket }: ServerResponse): boolean {
  return socket === null;
}

function mayWait(socket: Socket, response: ServerResponse, waiting: Map<Socket, number>): boolean {
  if (socket.destroyed) return false;
  const count = waiting.get(socket);
  if (count === undefined) socket.once('close', () => waiting.delete(socket));
  if (count === MAX_WAITING) return false;
  waiting.set(socket, (count ?? 0) + 1);
  response.once('close', () => {
    const left = waiting.get(socket);
    if (left !== undefined) waiting.set(socket, left - 1);
  });
  return true;
}
