import { Response } from './platform.js';

/**
 * A response as JSON with a status or headers of its own, also in environments that have no
 * `Response`, such as Jest's `jsdom`.
 *
 * ```ts
 * server.handle('POST /api/orders', () => reply({ code: 'sold_out' }, { status: 409 }));
 * ```
 */
export function reply(body: unknown, { status, headers }: ReplyInit = {}): Response {
  if (body === undefined) return new Response(null, { status: status ?? 204, headers });
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json', ...headers },
  });
}

export interface ReplyInit {
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * What a route or a fault of a test has returned: a `Response` is what it is, anything else the
 * body of a 200 as JSON, and `undefined` a 204.
 *
 * Not `instanceof`: a `Response` may be of another making than ours.
 */
export function toResponse(value: unknown): Response {
  return isResponse(value) ? value : reply(value);
}

function isResponse(value: unknown): value is Response {
  const { headers, clone } = Object(value) as Partial<Response>;
  return typeof clone === 'function' && typeof headers?.get === 'function';
}
