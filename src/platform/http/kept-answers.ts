import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const compress = promisify(gzip);

/** What asks for another answer than the whole one. */
const CONDITIONS = ['range', 'if-range', 'if-none-match', 'if-modified-since'] as const;

/** The largest takes a tenth of a second. */
const MADE_WITHIN_MS = 3000;

/** An answer that is the same for everybody for as long as the process lives. */
interface KeptAnswer {
  readonly contentType: string;
  readonly plain: Buffer;
  readonly compressed: Buffer;
}

/** The request whose answer will be kept. */
interface Maker {
  readonly request: FastifyRequest;
  readonly isDone: Promise<void>;
  readonly finish: () => void;
}

/**
 * Takes the answers of these paths from their routes once, compresses them once, and sends the same
 * bytes to everybody: they hold no secret, and a request costs or keeps no more than a reference to
 * them. Of the files that are served below `under`, all others are closed: nothing links to them.
 *
 * To be called before the routes are added.
 */
export function keepAnswers(
  fastify: FastifyInstance,
  paths: ReadonlySet<string>,
  under: string,
): void {
  const answers = new KeptAnswers(paths);
  fastify.addHook('onRoute', (route) => {
    if (!paths.has(route.url) && route.url !== `${under}/*`) return;
    route.onRequest = [answers.answer, ...[route.onRequest ?? []].flat()];
    route.onSend = [answers.keep, ...[route.onSend ?? []].flat()];
  });
}

class KeptAnswers {
  private readonly kept = new Map<string, KeptAnswer>();
  /** The requests whose answers will be kept, and who waits for them; all others wait. */
  private readonly makers = new Map<string, Maker>();

  constructor(private readonly paths: ReadonlySet<string>) {}

  /** Before the route: answers in its place, or lets it make the answer that will be kept. */
  readonly answer = async (request: FastifyRequest, reply: FastifyReply) => {
    const path = pathOf(request);
    if (!this.paths.has(path)) {
      reply.callNotFound();
      return reply;
    }
    await this.madeByOthers(path);
    const kept = this.kept.get(path);
    if (kept) return choose(kept, request, reply, (body) => reply.send(body));
    for (const condition of CONDITIONS) request.raw.headers[condition] = undefined;
    if (request.method === 'GET') this.begin(path, request);
    return undefined;
  };

  /** Behind the route: keeps what it answers. */
  readonly keep = async (request: FastifyRequest, reply: FastifyReply, payload: unknown) => {
    const path = pathOf(request);
    const maker = this.makers.get(path);
    if (maker?.request !== request) return payload;
    try {
      if (reply.statusCode !== 200) return payload;
      const kept = await keptOf(payload, reply);
      this.kept.set(path, kept);
      return choose(kept, request, reply.removeHeader('content-length'), (body) => body);
    } finally {
      maker.finish();
    }
  };

  /** Where a request failed to make an answer, the next one tries, and all others wait for that. */
  private async madeByOthers(path: string): Promise<void> {
    while (!this.kept.has(path) && this.makers.has(path)) await this.makers.get(path)?.isDone;
  }

  /**
   * The answer is made even if the connection is cut meanwhile, or whoever cuts theirs would have
   * each request make one anew.
   */
  private begin(path: string, request: FastifyRequest): void {
    let tell = () => {};
    const isDone = new Promise<void>((resolve) => (tell = resolve));
    const finish = () => {
      clearTimeout(timer);
      if (this.makers.get(path)?.request === request) this.makers.delete(path);
      tell();
    };
    const timer = setTimeout(finish, MADE_WITHIN_MS).unref();
    this.makers.set(path, { request, isDone, finish });
  }
}

function pathOf({ url }: FastifyRequest): string {
  return url.split('?', 1)[0] ?? '';
}

async function keptOf(payload: unknown, reply: FastifyReply): Promise<KeptAnswer> {
  const isText = typeof payload === 'string' || Buffer.isBuffer(payload);
  const plain = isText ? Buffer.from(payload) : await buffer(payload as AsyncIterable<Buffer>);
  const compressed = await compress(plain, { level: 9 });
  return { contentType: String(reply.getHeader('content-type')), plain, compressed };
}

function choose<Sent>(
  { contentType, plain, compressed }: KeptAnswer,
  request: FastifyRequest,
  reply: FastifyReply,
  send: (body: Buffer) => Sent,
): Sent {
  const vary = [reply.getHeader('vary') ?? [], 'Accept-Encoding'].flat().join(', ');
  void reply.header('vary', vary).header('content-type', contentType);
  if (!takesGzip(request.headers['accept-encoding'])) return send(plain);
  void reply.header('content-encoding', 'gzip');
  return send(compressed);
}

/** RFC 9110, section 12.5.3, as far as clients use it: by its name, and not with a weight of 0. */
function takesGzip(acceptEncoding: string | string[] | undefined): boolean {
  return String(acceptEncoding ?? '')
    .split(',')
    .some((coding) => /^\s*gzip\s*(;\s*q=(0\.0*[1-9]\d*|1(\.0*)?)\s*)?$/i.test(coding));
}
