import type { AuthClock } from '../core/index.js';
import { Response } from './platform.js';
import { refusalOfStatus } from './problems.js';
import { toResponse } from './replies.js';

/**
 * Stands between a client and the server: may call `serve` once, twice or never, and responds
 * as it likes, in the same forms as a route of the application's own.
 */
export type Interference = (serve: () => Promise<Response>, request: Request) => unknown;

/** The same for every request, with the fault that befalls it. */
export type Interfere = (serve: () => Promise<Response>, request: Request) => Promise<Response>;

/**
 * What can go wrong with one request:
 *
 * - `'reset'`: it does not arrive, and the connection breaks;
 * - `'lose-response'`: it is carried out, and then the connection breaks;
 * - `'hang'`: it does not arrive, and nothing comes back;
 * - `'duplicate'`: it is carried out twice, as by a browser that sends it again on another
 *   connection;
 * - `{ delayMs }`: it is carried out at once, and the response comes so much later;
 * - a status: it is not carried out. the response is that of the server for 429, 500 and 503,
 *   and a page of HTML for others, as of a proxy;
 * - a function: whatever else.
 */
export type Fault =
  | 'reset'
  | 'lose-response'
  | 'hang'
  | 'duplicate'
  | { readonly delayMs: number }
  | number
  | Interference;

export interface Faults {
  /**
   * Befalls the next request of a route: a path, or a short name for one below `/api/auth/`, such
   * as `refresh`. Several faults of one route befall one request after the other.
   *
   * ```ts
   * server.faults.next('refresh', 'lose-response');
   * server.faults.next('/api/orders', 503);
   * ```
   */
  next(route: string, fault: Fault): void;
  /**
   * Is asked for every request that nothing else befalls. The last function counts.
   *
   * ```ts
   * server.faults.each((request) => (request.method === 'POST' ? { delayMs: 3_000 } : undefined));
   * ```
   */
  each(choose: (request: Request) => Fault | undefined): void;
  /** From now on nothing goes wrong. */
  clear(): void;
}

export function createFaults(
  clock: Pick<AuthClock, 'setTimer'>,
): Faults & { readonly interfere: Interfere } {
  let queue: { readonly path: string; readonly fault: Fault }[] = [];
  let choose: (request: Request) => Fault | undefined = () => undefined;

  function next(request: Request): Fault | undefined {
    const { pathname } = new URL(request.url);
    const index = queue.findIndex(({ path }) => path === pathname);
    return index < 0 ? choose(request) : queue.splice(index, 1)[0]?.fault;
  }

  async function suffer(
    fault: Fault | undefined,
    serve: () => Promise<Response>,
    request: Request,
  ): Promise<Response> {
    if (fault === undefined) return serve();
    if (typeof fault === 'function') return toResponse(await fault(serve, request));
    if (typeof fault === 'number') return responseOf(fault, new URL(request.url).pathname);
    if (typeof fault === 'object') {
      const response = await serve();
      await new Promise<void>((resolve) => void clock.setTimer(resolve, fault.delayMs));
      return response;
    }
    switch (fault) {
      case 'reset':
        throw broken();
      case 'hang':
        return new Promise(() => {});
      case 'lose-response':
        await serve();
        throw broken();
      case 'duplicate':
        await serve();
        return serve();
    }
  }

  return {
    next: (route, fault) =>
      void queue.push({ path: route.startsWith('/') ? route : `/api/auth/${route}`, fault }),
    each(chooser) {
      choose = chooser;
    },
    clear() {
      queue = [];
      choose = () => undefined;
    },
    interfere: async (serve, request) => suffer(next(request), serve, request),
  };
}

function responseOf(status: number, path: string): Response {
  const refusal = refusalOfStatus(status);
  if (refusal) return refusal.toResponse(path);
  return new Response(`<!doctype html><title>${status}</title>`, {
    status,
    headers: { 'Content-Type': 'text/html' },
  });
}

/** As `fetch` rejects where the connection breaks. */
function broken(): TypeError {
  return new TypeError('fetch failed');
}
