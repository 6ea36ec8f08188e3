import type { FastifyInstance, FastifyReply } from 'fastify';
import type { IssuedToken } from '../tokens/token.service.js';

/** What interceptors have offered, for the answers on which it may be sent. */
const offered = new WeakMap<FastifyReply, IssuedToken>();

/** The headers, for browsers of other origins, which see only what is named to them. */
export const RENEWED_TOKEN_HEADERS = ['X-New-Token', 'X-New-Token-Expires-In'];

/** Lets an answer carry a renewed access token, if it turns out to be one that may. */
export function offerRenewedToken(reply: FastifyReply, token: IssuedToken): void {
  offered.set(reply, token);
}

/**
 * Writes `X-New-Token` as the last thing before an answer leaves: only then is it known that it is no error, redirect, 304 or stream.
 */
export function writeRenewedTokens(fastify: FastifyInstance, nowMs: () => number): void {
  fastify.addHook('onSend', async (_request, reply, payload) => {
    const renewed = offered.get(reply);
    if (!renewed || reply.statusCode < 200 || reply.statusCode > 299 || isStream(payload)) return;

    reply.header('x-new-token', renewed.token);
    reply.header('x-new-token-expires-in', Math.max(0, Math.floor(renewed.expiresAt - nowMs() / 1000)));
    reply.header('cache-control', 'no-store');
    reply.header('vary', [reply.getHeader('vary'), 'Authorization'].filter(Boolean).join(', '));
  });
}

function isStream(payload: unknown): boolean {
  return typeof payload === 'object' && payload !== null && ('pipe' in payload || 'getReader' in payload);
}
