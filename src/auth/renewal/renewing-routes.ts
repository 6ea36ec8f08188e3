import { Injectable, UseInterceptors, type NestInterceptor } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { IS_PUBLIC, IS_WITHOUT_RENEWAL } from '../../platform/caller/index.js';

/** Classes of controllers are shared by all applications of a process; their interceptors are not. */
const ofTheApplication: NestInterceptor = {
  intercept(context, next) {
    const { server } = context.switchToHttp().getRequest<Partial<FastifyRequest>>();
    return server?.renewTokenInterceptor?.intercept(context, next) ?? next.handle();
  },
};

/** Handlers that have it already, from another application of this process. */
const renewing = new WeakSet<object>();

/**
 * Binds `RenewTokenInterceptor` to every route that may renew, a team's own, too, as
 * `@UseInterceptors()` would. Not to all: Nest hands the answer of a route with an interceptor
 * through an Observable, which takes a tenth of a refresh, and no public route is ever renewed.
 */
@Injectable()
export class RenewingRoutes {
  constructor(
    discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {
    for (const { metatype } of discovery.getControllers())
      if (metatype) this.bindTo(metatype as Controller);
  }

  private bindTo(controller: Controller): void {
    for (const name of this.scanner.getAllMethodNames(controller.prototype)) {
      const handler = controller.prototype[name] as () => unknown;
      if (renewing.has(handler) || !this.mayRenew(handler, controller)) continue;
      UseInterceptors(ofTheApplication)(controller.prototype, name, { value: handler });
      renewing.add(handler);
    }
  }

  private mayRenew(handler: () => unknown, controller: Controller): boolean {
    const isMarked = (mark: string) =>
      this.reflector.getAllAndOverride<boolean | undefined>(mark, [handler, controller]);
    return !isMarked(IS_PUBLIC) && !isMarked(IS_WITHOUT_RENEWAL);
  }
}

interface Controller {
  new (...args: never[]): unknown;
  readonly prototype: Record<string, unknown>;
}
