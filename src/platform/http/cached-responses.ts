import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const compress = promisify(gzip);

/** Request headers that ask for something other than the whole response. */
const CONDITIONS = ['range', 'if-range', 'if-none-match', 'if-modified-since'] as const;

/** The largest response takes a tenth of a second. */
const PRODUCED_WITHIN_MS = 3000;

/** A response that is the same for every client until the process ends. */
interface CachedResponse {
  readonly headers: Readonly<Record<string, string>>;
  readonly plain: Buffer;
  readonly compressed: Buffer;
}

/** The request whose response will be cached. */
interface Producer {
  readonly request: FastifyRequest;
  readonly isDone: Promise<void>;
  readonly finish: () => void;
}

/**
 * Caches the responses of these paths: each is produced once, compressed once, and sent to every
 * client as the same bytes. They contain no secret, and a request costs no more memory than a
 * reference. Every other file below `under` is `not_found`, since nothing links to it.
 *
 * Call it before the routes are added.
 */
export function cacheResponses(
  fastify: FastifyInstance,
  paths: ReadonlySet<string>,
  under: string,
): void {
  const responses = new CachedResponses(paths);
  fastify.addHook('onRoute', (route) => {
    if (!paths.has(route.url) && route.url !== `${under}/*`) return;
    route.onRequest = [responses.respond, ...[route.onRequest ?? []].flat()];
    route.onSend = [responses.store, ...[route.onSend ?? []].flat()];
  });
}

class CachedResponses {
  private readonly cached = new Map<string, CachedResponse>();
  /** The requests whose responses will be cached; other requests for the same path wait. */
  private readonly producers = new Map<string, Producer>();

  constructor(private readonly paths: ReadonlySet<string>) {}

  /** Before the route: responds from the cache, or lets the route produce the response to cache. */
  readonly respond = async (request: FastifyRequest, reply: FastifyReply) => {
    const path = pathOf(request);
    if (!this.paths.has(path)) {
      reply.callNotFound();
      return reply;
    }
    await this.producedByOthers(path);
    const cached = this.cached.get(path);
    if (cached) return choose(cached, request, reply, (body) => reply.send(body));
    for (const condition of CONDITIONS) request.raw.headers[condition] = undefined;
    if (request.method === 'GET') this.begin(path, request);
    return undefined;
  };

  /** After the route: caches its response. */
  readonly store = async (request: FastifyRequest, reply: FastifyReply, payload: unknown) => {
    const path = pathOf(request);
    const producer = this.producers.get(path);
    if (producer?.request !== request) return payload;
    try {
      if (reply.statusCode !== 200) return payload;
      const cached = await cachedFrom(payload, reply);
      this.cached.set(path, cached);
      return choose(cached, request, reply.removeHeader('content-length'), (body) => body);
    } finally {
      producer.finish();
    }
  };

  /** If a request fails to produce a response, the next one tries, and the others wait for it. */
  private async producedByOthers(path: string): Promise<void> {
    while (!this.cached.has(path) && this.producers.has(path))
      await this.producers.get(path)?.isDone;
  }

  /**
   * The response is produced even if the client disconnects: otherwise an attacker who disconnects
   * each time would make the server produce it again for every request.
   */
  private begin(path: string, request: FastifyRequest): void {
    let resolveDone = () => {};
    const isDone = new Promise<void>((resolve) => (resolveDone = resolve));
    const finish = () => {
      clearTimeout(timer);
      if (this.producers.get(path)?.request === request) this.producers.delete(path);
      resolveDone();
    };
    const timer = setTimeout(finish, PRODUCED_WITHIN_MS).unref();
    this.producers.set(path, { request, isDone, finish });
  }
}

function pathOf({ url }: FastifyRequest): string {
  return url.split('?', 1)[0] ?? '';
}

async function cachedFrom(payload: unknown, reply: FastifyReply): Promise<CachedResponse> {
  const isText = typeof payload === 'string' || Buffer.isBuffer(payload);
  const plain = isText ? Buffer.from(payload) : await buffer(payload as AsyncIterable<Buffer>);
  const compressed = await compress(plain, { level: 9 });
  return { headers: keptHeaders(reply), plain, compressed };
}

function keptHeaders(reply: FastifyReply): Record<string, string> {
  const names = ['cache-control', 'content-security-policy', 'content-type'] as const;
  const present = names.filter((name) => reply.hasHeader(name));
  return Object.fromEntries(present.map((name) => [name, String(reply.getHeader(name))]));
}

function choose<Sent>(
  { headers, plain, compressed }: CachedResponse,
  request: FastifyRequest,
  reply: FastifyReply,
  send: (body: Buffer) => Sent,
): Sent {
  const vary = [reply.getHeader('vary') ?? [], 'Accept-Encoding'].flat().join(', ');
  void reply.headers({ ...headers, vary });
  if (!takesGzip(request.headers['accept-encoding'])) return send(plain);
  void reply.header('content-encoding', 'gzip');
  return send(compressed);
}

/** RFC 9110, section 12.5.3, as far as clients use it: `gzip` by name, with a weight above 0. */
function takesGzip(acceptEncoding: string | string[] | undefined): boolean {
  return String(acceptEncoding ?? '')
    .split(',')
    .some((coding) => /^\s*gzip\s*(;\s*q=(0\.0*[1-9]\d*|1(\.0*)?)\s*)?$/i.test(coding));
}
