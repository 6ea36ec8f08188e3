import { Injectable, type ArgumentsHost } from '@nestjs/common';
import { requestOf, type Caller } from '../../platform/caller/index.js';
import { bearerOf, tokenFromHeader, type RequestHead } from '../strategies/bearer-token.js';
import { Handshakes } from './handshakes.js';

/** Finds the access token of a call other than a route's. */
@Injectable()
export class PresentedAccessToken {
  private readonly attached = new WeakMap<object, string>();

  constructor(private readonly handshakes: Handshakes) {}

  /** Keeps a token for the later messages of a socket, or of the request that opened it. */
  attach(carrier: object, text: string): void {
    this.attached.set(carrier, text);
  }

  /**
   * - GraphQL: the header `Authorization` of the request.
   * - A socket: the attached token, the header of its handshake, or Socket.IO's `auth.token`.
   * - A microservice: `authorization` in the metadata of the message, as in the header.
   *
   * Null if there is none, and for other transports. Never a part of the payload: that is validated,
   * logged and passed on.
   */
  find(context: ArgumentsHost): string | null {
    switch (context.getType<string>()) {
      case 'graphql':
        return this.ofRequest(requestOf<Caller & RequestHead>(context));
      case 'ws':
        return this.ofSocket(context.getArgByIndex<SocketLike>(0));
      case 'rpc':
        return ofMessage(context.getArgByIndex<MessageContext | undefined>(1));
      default:
        return null;
    }
  }

  private ofRequest(request: RequestHead | undefined): string | null {
    return request ? (this.attached.get(request) ?? tokenFromHeader(request)) : null;
  }

  private ofSocket(socket: SocketLike): string | null {
    const handshake = this.handshakes.of(socket);
    const inHeader = handshake ? tokenFromHeader(handshake) : null;
    return this.attached.get(socket) ?? inHeader ?? textOf(socket.handshake?.auth?.token);
  }
}

/** Socket.IO's; `ws` has no `handshake`. */
interface SocketLike {
  readonly handshake?: { readonly auth?: { readonly token?: unknown } };
}

/** The context of a message by Nest's transports. */
interface MessageContext {
  getMetadata?(): { readonly authorization?: unknown } | undefined;
}

function ofMessage(message: MessageContext | undefined): string | null {
  const header = textOf(message?.getMetadata?.()?.authorization);
  return header === null ? null : bearerOf(header);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
