import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { cacheResponses } from './cached-responses.js';

const YEAR_MS = 31_536_000_000;

/**
 * Nothing but files of this server: no inline script or style, no frame, nothing from elsewhere. A
 * script cannot turn a text into HTML, either.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "base-uri 'none'",
  "connect-src 'self'",
  "font-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "img-src 'self' data:",
  "require-trusted-types-for 'script'",
  "script-src 'self'",
  "style-src 'self'",
  "trusted-types 'none'",
].join(';');

/** One page, `index.html`, with its scripts and styles, as `npm run pages` builds them. */
export interface BuiltPages {
  /** Where `index.html` is, and the folder of the other files. */
  readonly folder: string;
  /** The folder of the other files, such as `console`. Their names contain a hash of the content. */
  readonly files: string;
  /** The path of that folder on the server, such as `/console`. */
  readonly filesPath: string;
  /** Where `index.html` is the response. */
  readonly pages: ReadonlySet<string>;
  /**
   * What the page has to know of this server, as JSON in its `<meta name="settings">`. Called once,
   * for the first request.
   */
  readonly settings?: () => object;
}

/**
 * Serves a page that was built, where no route matches and the client takes HTML: a team's own
 * route wins. Its files may be kept for a year, since a new version has new names.
 *
 * Call it before the routes are added.
 *
 * @throws if the page was not built
 */
export async function servePages(
  fastify: FastifyInstance,
  { folder, files, filesPath, pages, settings = () => ({}) }: BuiltPages,
): Promise<void> {
  const template = readBuilt(folder, 'index.html').toString();
  let html: string | undefined;
  const names = readdirSync(join(folder, files));
  cacheResponses(fastify, new Set(names.map((name) => `${filesPath}/${name}`)), filesPath);
  await fastify.register(fastifyStatic, {
    root: join(folder, files),
    prefix: filesPath,
    decorateReply: false,
    immutable: true,
    maxAge: YEAR_MS,
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!request.is404 || !isRead || !pages.has(request.url.split('?', 1)[0] ?? '')) return done();
    void reply.header('vary', [reply.getHeader('vary') ?? [], 'Accept'].flat().join(', '));
    if (!request.headers.accept?.includes('text/html')) return done();
    html ??= withSettings(template, settings());
    void reply
      .header('content-security-policy', CONTENT_SECURITY_POLICY)
      .header('cache-control', 'no-cache')
      .type('text/html; charset=utf-8')
      .send(html);
  });
}

/**
 * One of the files that `npm run pages` writes.
 *
 * @throws if it is not there
 */
export function readBuilt(folder: string, name: string): Buffer {
  try {
    return readFileSync(join(folder, name));
  } catch (cause) {
    throw new Error('The pages of the server were not built: run `npm run pages`.', { cause });
  }
}

function withSettings(html: string, settings: object): string {
  const content = JSON.stringify(settings).replace(/[&"<>]/g, (c) => `&#${c.charCodeAt(0)};`);
  return html.replace('name="settings" content=""', () => `name="settings" content="${content}"`);
}
