import type { FastifyRequest } from 'fastify';
import { clientAddressOf } from '../../platform/address/index.js';
import { coarseNetworkOf } from '../../platform/events/index.js';
import { deviceNameOf } from './fingerprint.js';

/**
 * Who made a request, and from where, for a line of the log that concerns security. Whose session
 * it was about is null where no guard could tell.
 */
export function whoAndWhere(request: FastifyRequest) {
  const { id, user, headers } = request;
  return {
    request_id: id,
    user_id: user?.userId ?? null,
    session_id: user?.sessionId ?? null,
    device_name: deviceNameOf(headers['user-agent']),
    network: coarseNetworkOf(clientAddressOf(request)),
  };
}
