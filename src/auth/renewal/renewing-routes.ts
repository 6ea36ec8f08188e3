import { Injectable, UseInterceptors, type NestInterceptor } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { IS_PUBLIC, IS_WITHOUT_RENEWAL, requestOf } from '../../platform/caller/index.js';
import type { HttpRequest } from '../../platform/http/index.js';

/** All applications of a process share the controller classes, but each has its own interceptor. */
const ofApplication: NestInterceptor = {
  intercept(context, next) {
    const request = requestOf<Partial<HttpRequest>>(context);
    return request?.evergreen?.renewal?.intercept(context, next) ?? next.handle();
  },
};

/** Metadata key of `@nestjs/graphql` on the methods of a resolver. */
const RESOLVER_TYPE = 'graphql:resolver_type';

/** The responses of subscriptions have no headers; fields come with their query. */
const RENEWING_RESOLVERS: readonly unknown[] = ['Query', 'Mutation'];

/** Handlers that already have it, from another application of this process. */
const renewing = new WeakSet<object>();

/**
 * Binds `RenewTokenInterceptor` to every route and resolver that may renew, including a team's own,
 * as `@UseInterceptors()` would. Public routes never renew, so they do not get it: for a route with an
 * interceptor, Nest passes the response through an Observable, which costs a tenth of a refresh.
 */
@Injectable()
export class RenewingRoutes {
  constructor(
    discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {
    for (const { metatype } of discovery.getControllers())
      if (metatype) this.bindTo(metatype as Controller, () => true);
    for (const { metatype } of discovery.getProviders())
      if (metatype?.prototype) this.bindTo(metatype as Controller, isRenewingResolver);
  }

  private bindTo(controller: Controller, isRoute: (handler: () => unknown) => boolean): void {
    for (const name of this.scanner.getAllMethodNames(controller.prototype)) {
      const handler = controller.prototype[name] as () => unknown;
      if (renewing.has(handler) || !isRoute(handler) || !this.mayRenew(handler, controller))
        continue;
      UseInterceptors(ofApplication)(controller.prototype, name, { value: handler });
      renewing.add(handler);
    }
  }

  private mayRenew(handler: () => unknown, controller: Controller): boolean {
    const isMarked = (mark: string) =>
      this.reflector.getAllAndOverride<boolean | undefined>(mark, [handler, controller]);
    return !isMarked(IS_PUBLIC) && !isMarked(IS_WITHOUT_RENEWAL);
  }
}

function isRenewingResolver(handler: () => unknown): boolean {
  return RENEWING_RESOLVERS.includes(Reflect.getMetadata(RESOLVER_TYPE, handler));
}

interface Controller {
  new (...args: never[]): unknown;
  readonly prototype: Record<string, unknown>;
}
