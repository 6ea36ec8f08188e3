import type { ArgumentsHost } from '@nestjs/common';
import type { Principal } from './principal.js';

/** What the guard writes the user of a call to. */
export interface Caller {
  user?: Principal;
}

/** By the socket, or by the context of a message: they are objects of others, so nothing is added. */
const callers = new WeakMap<object, Caller>();

/**
 * The caller of a route, a resolver, a message of a socket or a message of a microservice; undefined
 * if a transport has no object for it. Its `user` is undefined until the guard has run, and on what
 * is `@Public()`.
 */
export function callerOf(context: ArgumentsHost): Caller | undefined {
  const request = requestOf(context);
  if (request) return request;
  const carrier = carrierOf(context);
  if (!carrier) return undefined;
  const known = callers.get(carrier);
  if (known) return known;
  const caller: Caller = {};
  callers.set(carrier, caller);
  return caller;
}

/**
 * The HTTP request of a route or a resolver; for a subscription, the one that opened its socket.
 * Undefined for sockets and microservices.
 */
export function requestOf<Request extends Caller>(context: ArgumentsHost): Request | undefined {
  const type = context.getType<string>();
  if (type === 'http') return context.getArgByIndex<Request>(0);
  if (type !== 'graphql') return undefined;
  // The arguments of a resolver are its parent, its own arguments, the context, and the query.
  const shared = context.getArgByIndex<GraphqlContext<Request> | undefined>(2);
  return shared?.req ?? shared?.request ?? shared?.reply?.request;
}

/** `@nestjs/mercurius` sets `req`; mercurius itself sets `reply`, and `request` for subscriptions. */
interface GraphqlContext<Request> {
  readonly req?: Request;
  readonly request?: Request;
  readonly reply?: { readonly request?: Request };
}

/** The socket of a message, or what a microservice calls the context of one. */
function carrierOf(context: ArgumentsHost): object | undefined {
  const type = context.getType<string>();
  const carrier = context.getArgByIndex<unknown>(type === 'ws' ? 0 : 1);
  return typeof carrier === 'object' && carrier !== null ? carrier : undefined;
}
