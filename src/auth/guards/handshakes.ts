import type { IncomingMessage } from 'node:http';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Server } from 'node:http';
import { HttpHooks } from '../../platform/http/index.js';

/** The part of a WebSocket that is looked at. `ws` keeps the connection, Socket.IO the request. */
interface Socket {
  readonly _socket?: object;
  readonly request?: IncomingMessage;
}

/** The requests that opened the sockets of the server. `ws` does not keep them. */
@Injectable()
export class Handshakes implements OnApplicationBootstrap {
  private readonly requests = new WeakMap<object, IncomingMessage>();

  private server: Server | undefined;

  constructor(hooks: HttpHooks) {
    hooks.onServer((server) => (this.server = server));
  }

  /**
   * Gateways are bound by now. Without one there is no listener, since Node would then leave the
   * response to us.
   */
  onApplicationBootstrap(): void {
    if (!this.server?.listenerCount('upgrade')) return;
    this.server.prependListener('upgrade', (request: IncomingMessage) => {
      this.requests.set(request.socket, request);
    });
  }

  /** Undefined if the socket was not opened at this server, such as on a port of its gateway. */
  of(socket: object): IncomingMessage | undefined {
    const { _socket, request } = socket as Socket;
    return request ?? (_socket && this.requests.get(_socket));
  }
}
