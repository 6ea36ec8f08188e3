import type { Server } from 'node:http';
import type { Problem } from '../../errors/index.js';
import type { HttpReply, HttpRequest } from '../http-request.js';

/**
 * Runs before the route. A problem becomes the response; after `'sent'` the hook has sent it.
 */
export type RequestHook = (request: HttpRequest, reply: HttpReply) => Problem | 'sent' | undefined;

/** Runs just before the headers of a response are sent. */
export type SendHook = (request: HttpRequest, reply: HttpReply, isStream: boolean) => void;

/** Runs after a response was sent, with the time since the request began. */
export type ResponseHook = (request: HttpRequest, reply: HttpReply, elapsedMs: number) => void;

/** Runs the handler, and what comes before it, by `next`. */
export type HandlerHook = (request: HttpRequest, next: () => void) => void;

/**
 * What runs for every request, on Fastify or on Express. A provider adds its hooks when it is
 * created; hooks of one kind run in the order in which they were added.
 */
export abstract class HttpHooks {
  protected readonly requestHooks: RequestHook[] = [];
  protected readonly bodyHooks: RequestHook[] = [];
  protected readonly handlerHooks: HandlerHook[] = [];
  protected readonly sendHooks: SendHook[] = [];
  protected readonly responseHooks: ResponseHook[] = [];
  protected readonly abortHooks: ((request: HttpRequest) => void)[] = [];

  /** Adds a hook that runs first. */
  onRequest(hook: RequestHook): void {
    this.requestHooks.push(hook);
  }

  /** Adds a hook that runs after those of `onRequest`, and before the body is read. */
  beforeBody(hook: RequestHook): void {
    this.bodyHooks.push(hook);
  }

  /** Adds a hook around all that runs after the body was read. */
  aroundHandler(hook: HandlerHook): void {
    this.handlerHooks.push(hook);
  }

  /** Adds a hook that may still change the headers of a response. */
  onSend(hook: SendHook): void {
    this.sendHooks.push(hook);
  }

  /** Adds a hook for complete responses. */
  onResponse(hook: ResponseHook): void {
    this.responseHooks.push(hook);
  }

  /** Adds a hook for requests whose client disconnected before the response was complete. */
  onAbort(hook: (request: HttpRequest) => void): void {
    this.abortHooks.push(hook);
  }

  /** Calls back with Node's server, before it listens. */
  abstract onServer(use: (server: Server) => void): void;

  /**
   * Believes these proxies about the client's address and protocol (`X-Forwarded-*`).
   *
   * @throws ConfigurationError if that was to be set when the adapter was created
   */
  abstract trustProxies(isTrusted: (address: string) => boolean): void;

  /** Adds a member to every request, computed at each access. */
  abstract defineMember(name: string, compute: (request: HttpRequest) => unknown): void;

  /**
   * The canonical path of a request's route, with the names of its parameters:
   * `/api/sessions/:id`. Undefined if there is no such route. On Express it is known only from the
   * handler on.
   */
  abstract routeOf(request: HttpRequest): string | undefined;
}

/** Runs hooks until one of them decides on the response. */
export function firstDecision(
  hooks: readonly RequestHook[],
  request: HttpRequest,
  reply: HttpReply,
): Problem | 'sent' | undefined {
  for (const hook of hooks) {
    const decision = hook(request, reply);
    if (decision !== undefined) return decision;
  }
  return undefined;
}

/** Runs a handler inside all hooks around it, the first one outermost. */
export function runInside(
  hooks: readonly HandlerHook[],
  request: HttpRequest,
  handler: () => void,
): void {
  const [first, ...others] = hooks;
  if (first) first(request, () => runInside(others, request, handler));
  else handler();
}
