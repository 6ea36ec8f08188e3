import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { LowerCaseHeaderName } from '#protocol';
import type { HttpRequest } from '../../platform/http/index.js';
import { clientAddressOf } from '../../platform/address/index.js';
import type { SessionClient } from '../../sessions/index.js';
import { deviceNameOf, fingerprintOf } from './fingerprint.js';

/** The client, as far as its request shows. */
export function clientOf(request: HttpRequest): SessionClient {
  const { id, headers } = request;
  const userAgent = headers['user-agent'];
  const deviceId = headers['x-device-id' satisfies LowerCaseHeaderName];
  return {
    requestId: id,
    fingerprint: fingerprintOf(typeof deviceId === 'string' ? deviceId : undefined, userAgent),
    deviceName: deviceNameOf(userAgent),
    ip: clientAddressOf(request),
  };
}

/** The result of `clientOf` for the request. */
export const Client = createParamDecorator(
  (_: unknown, context: ExecutionContext): SessionClient => {
    return clientOf(context.switchToHttp().getRequest<HttpRequest>());
  },
);
