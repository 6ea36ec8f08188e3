import { Injectable } from '@nestjs/common';
import { EXCEPTION_FILTERS_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService } from '@nestjs/core';
import { ProblemFilter } from './problem.filter.js';

/** Metadata key of `@nestjs/websockets` on gateways. */
const IS_GATEWAY = 'websockets:is_gateway';

/** One for all applications of a process, since they share the classes of gateways. */
const filter = new ProblemFilter();

/**
 * Binds the filter to each gateway, since Nest applies no global filter to gateways. Before a
 * team's own, so that theirs have precedence.
 */
@Injectable()
export class GatewayFilter {
  constructor(discovery: DiscoveryService) {
    for (const { metatype } of discovery.getProviders())
      if (metatype && Reflect.hasMetadata(IS_GATEWAY, metatype)) bindTo(metatype);
  }
}

function bindTo(gateway: object): void {
  const own = (Reflect.getMetadata(EXCEPTION_FILTERS_METADATA, gateway) ?? []) as unknown[];
  if (own.includes(filter)) return;
  Reflect.defineMetadata(EXCEPTION_FILTERS_METADATA, [filter, ...own], gateway);
}
