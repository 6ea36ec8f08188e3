import { Injectable } from '@nestjs/common';
import { EXCEPTION_FILTERS_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService } from '@nestjs/core';
import { ProblemFilter } from './problem.filter.js';
import type { SocketClient } from './socket-exception.js';

/** Metadata key of `@nestjs/websockets` on gateways. */
const IS_GATEWAY = 'websockets:is_gateway';

/** One for all applications of a process, since they share the classes of gateways. */
const filter = new ProblemFilter();

interface Gateway {
  readonly prototype: { handleConnection?: HandleConnection };
}

type HandleConnection = (this: unknown, socket: SocketClient, ...rest: unknown[]) => unknown;

/**
 * Binds the filter to each gateway, since Nest applies no global filter to gateways. Before a
 * team's own, so that theirs have precedence.
 *
 * Nest does not wait for `handleConnection` either. With a token that is refused there, a stranger
 * could end the process; instead the socket is told why, and closed.
 */
@Injectable()
export class GatewayFilter {
  constructor(discovery: DiscoveryService) {
    for (const { metatype } of discovery.getProviders())
      if (metatype && Reflect.hasMetadata(IS_GATEWAY, metatype)) bindTo(metatype as Gateway);
  }
}

function bindTo(gateway: Gateway): void {
  const bound = Reflect.getOwnMetadata(EXCEPTION_FILTERS_METADATA, gateway) as
    unknown[] | undefined;
  if (bound?.includes(filter)) return;
  const own = (Reflect.getMetadata(EXCEPTION_FILTERS_METADATA, gateway) ?? []) as unknown[];
  Reflect.defineMetadata(EXCEPTION_FILTERS_METADATA, [filter, ...own], gateway);
  const { handleConnection } = gateway.prototype;
  if (handleConnection) gateway.prototype.handleConnection = catching(handleConnection);
}

function catching(handle: HandleConnection): HandleConnection {
  return async function (this: unknown, socket, ...rest) {
    try {
      await handle.call(this, socket, ...rest);
    } catch (error) {
      filter.refuseConnection(error, socket);
    }
  };
}
