import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Principal } from '../caller/index.js';
import type { EventClient } from '../events/index.js';
import type { RequestContext } from './request-context.js';

/** A request as Fastify and Express both have it. */
export interface HttpRequest {
  /** The id that finds the request in the log. */
  readonly id: string;
  readonly method: string;
  /** With the canonical path. */
  readonly url: string;
  /** The path and query as the client wrote them. */
  readonly originalUrl: string;
  readonly headers: IncomingHttpHeaders;
  /** The client's address, by the proxies that are trusted. */
  readonly ip: string;
  /** `http` or `https`, by the proxies that are trusted. */
  readonly protocol: string;
  readonly body: unknown;
  readonly raw: IncomingMessage;
  /** Who makes the request; set by a guard. */
  user?: Principal;
  readonly evergreen: RequestContext;
  /** The client that sent the request. Computed at each access. */
  readonly client: EventClient;
}

/** A response that is not sent yet, as Fastify and Express both have it. */
export interface HttpReply {
  readonly request: HttpRequest;
  readonly statusCode: number;
  /** Sets a header. `addCookie` adds one more `Set-Cookie`. */
  header(name: string, value: string | number): unknown;
  getHeader(name: string): string | number | string[] | undefined;
  hasHeader(name: string): boolean;
  status(code: number): HttpReply;
  send(body?: unknown): unknown;
}

/** Adds a `Set-Cookie` header beside those that are set already. */
export function addCookie(reply: HttpReply, cookie: string): void {
  // Of Express; `header()` would replace the others there, and adds one in Fastify.
  const { append } = reply as { append?: (name: string, value: string) => unknown };
  if (append) append.call(reply, 'set-cookie', cookie);
  else reply.header('set-cookie', cookie);
}
