import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RenewalService } from '../renewal.service.js';
import type { AccessToken } from '../tokens/claims.js';

/** What the guard has found near its end, for the answers that may carry another one. */
const due = new WeakMap<FastifyRequest, AccessToken>();

/** The headers, for browsers of other origins, which see only what is named to them. */
export const RENEWED_TOKEN_HEADERS = ['X-New-Token', 'X-New-Token-Expires-In'];

/** Lets the answer to a request carry a new access token, if it turns out to be one that may. */
export function noteDueForRenewal(request: FastifyRequest, token: AccessToken): void {
  due.set(request, token);
}

/**
 * Mints and writes `X-New-Token` as the last thing before an answer leaves: only then is it known
 * that it is no error, redirect, 304 or stream. A hook, since an interceptor would send every
 * answer through an Observable, at more than half of what an empty route costs.
 */
export function renewTokens(fastify: FastifyInstance, renewals: RenewalService): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const token = due.get(request);
    if (!token || reply.statusCode < 200 || reply.statusCode > 299 || isStream(payload))
      return done();
    void writeRenewed(token, reply, renewals).then(() => done(), done);
  });
}

async function writeRenewed(
  token: AccessToken,
  reply: FastifyReply,
  renewals: RenewalService,
): Promise<void> {
  const renewed = await renewals.renew(token);
  if (!renewed) return;
  reply.header('x-new-token', renewed.token);
  reply.header('x-new-token-expires-in', renewals.secondsLeft(renewed));
  reply.header('cache-control', 'no-store');
  reply.header('vary', [reply.getHeader('vary'), 'Authorization'].filter(Boolean).join(', '));
}

function isStream(payload: unknown): boolean {
  return (
    typeof payload === 'object' && payload !== null && ('pipe' in payload || 'getReader' in payload)
  );
}
