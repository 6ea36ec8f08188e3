import type { HttpRequest } from '../../platform/http/index.js';
import { clientAddressOf } from '../../platform/address/index.js';
import { coarseNetworkOf } from '../../platform/events/index.js';
import { deviceNameOf } from './fingerprint.js';

/**
 * The user, session and client of a request, for a log line about security. User and session are
 * null if no guard identified them.
 */
export function whoAndWhere(request: HttpRequest) {
  const { id, user, headers } = request;
  return {
    request_id: id,
    user_id: user?.userId ?? null,
    session_id: user?.sessionId ?? null,
    device_name: deviceNameOf(headers['user-agent']),
    network: coarseNetworkOf(clientAddressOf(request)),
  };
}
