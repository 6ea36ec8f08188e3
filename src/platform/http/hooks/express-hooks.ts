import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { OnModuleInit } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import type { Problem } from '../../errors/index.js';
import type { HttpReply, HttpRequest } from '../http-request.js';
import { requestIdOf } from '../request-id.js';
import { firstDecision, HttpHooks, runInside } from './http-hooks.js';

/** What is used of an Express application. The types of Express are no dependency. */
interface ExpressApplication {
  use(middleware: Middleware): void;
  set(name: 'trust proxy', value: (address: string) => boolean): void;
  /** The prototype of its requests. */
  readonly request: object;
}

/** An Express request, which is Node's. */
export type ExpressRequest = Mutable<HttpRequest> & IncomingMessage & { route?: { path: string } };

/** An Express response, which is Node's. */
type ExpressResponse = Mutable<HttpReply> & ServerResponse & { removeHeader(name: string): void };

type Middleware = (
  request: ExpressRequest,
  response: ExpressResponse,
  next: (error?: Error) => void,
) => void;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * Hooks on Express, by middleware that runs before that of the application: providers are created
 * before the application can add its own.
 */
export class ExpressHooks extends HttpHooks implements OnModuleInit {
  private readonly serverHooks: ((server: Server) => void)[] = [];

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly express: ExpressApplication,
  ) {
    super();
    this.defineMember('raw', (request) => request);
    express.use((request, response, next) => this.begin(request, response, next));
  }

  /** Node's server is created after the providers. */
  onModuleInit(): void {
    const server = this.host.httpAdapter.getHttpServer() as Server;
    for (const use of this.serverHooks) use(server);
  }

  /**
   * Adds what runs once a body was read, and then the hooks around handlers. Call it once, after the
   * middleware that reads bodies was added.
   */
  afterBody(hook: (request: ExpressRequest) => Problem | undefined): void {
    this.express.use((request, _response, next) => {
      const problem = hook(request);
      if (problem) next(problem);
      else runInside(this.handlerHooks, request, next);
    });
  }

  override onServer(use: (server: Server) => void): void {
    this.serverHooks.push(use);
  }

  override trustProxies(isTrusted: (address: string) => boolean): void {
    this.express.set('trust proxy', isTrusted);
  }

  override defineMember(name: string, compute: (request: HttpRequest) => unknown): void {
    Object.defineProperty(this.express.request, name, {
      configurable: true,
      get(this: HttpRequest) {
        return compute(this);
      },
    });
  }

  override routeOf(request: HttpRequest): string | undefined {
    return (request as ExpressRequest).route?.path;
  }

  private begin(
    request: ExpressRequest,
    response: ExpressResponse,
    next: (error?: Error) => void,
  ): void {
    const startedAtMs = performance.now();
    request.id = requestIdOf(request);
    response.request = request;
    response.removeHeader('x-powered-by');
    this.callBeforeHeaders(request, response);
    response.once('finish', () => {
      const elapsedMs = performance.now() - startedAtMs;
      for (const hook of this.responseHooks) hook(request, response, elapsedMs);
    });
    response.once('close', () => {
      if (!response.writableFinished) for (const hook of this.abortHooks) hook(request);
    });

    const decision =
      firstDecision(this.requestHooks, request, response) ??
      firstDecision(this.bodyHooks, request, response);
    if (decision !== 'sent') next(decision);
  }

  private callBeforeHeaders(request: ExpressRequest, response: ExpressResponse): void {
    const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ExpressResponse;
    const end = response.end.bind(response) as (...args: unknown[]) => ExpressResponse;
    // What is complete when its headers are sent is no stream.
    let isComplete = false;
    response.end = (...args: unknown[]) => {
      isComplete = true;
      return end(...args);
    };
    response.writeHead = (...args: unknown[]) => {
      // Node itself calls it once more with the headers of the first call.
      response.writeHead = writeHead;
      if (typeof args[0] === 'number') response.statusCode = args[0];
      for (const hook of this.sendHooks) hook(request, response, !isComplete);
      return writeHead(...args);
    };
  }
}
