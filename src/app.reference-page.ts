import { readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { readBuilt } from './platform/http/index.js';

/** Of the package: the same for the source and for what is built of it. */
const FOLDER = join(import.meta.dirname, '../dist/reference');

const PAGE_FILE = 'index.html';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'application/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

/** All is from here; Swagger UI has its icons in `data:` URLs, and sets styles by script alone. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "base-uri 'none'",
  "connect-src 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "img-src 'self' data:",
  "script-src 'self'",
  "style-src 'self'",
].join(';');

const CONSOLE_IS_HERE = ['data-console=""', 'data-console="here"'] as const;

/** A file of the page. */
export interface PageFile {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly content: Buffer;
}

/**
 * The files of the page that shows the OpenAPI document, with the paths at which the page looks for
 * them. The page offers to sign in where the server has a console.
 *
 * @param page the path of the page itself
 * @throws if the page was not built
 */
export function pageFiles(page: string, hasConsole: boolean): PageFile[] {
  const html = readBuilt(FOLDER, PAGE_FILE).toString();
  const names = readdirSync(FOLDER).filter((name) => name !== PAGE_FILE);
  return [
    {
      path: page,
      headers: headersOf(PAGE_FILE),
      content: Buffer.from(hasConsole ? html.replace(...CONSOLE_IS_HERE) : html),
    },
    ...names.map((name) => ({
      path: `${page}/${name}`,
      headers: headersOf(name),
      content: readBuilt(FOLDER, name),
    })),
  ];
}

function headersOf(name: string): Record<string, string> {
  const type = { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' };
  return name === PAGE_FILE
    ? { ...type, 'content-security-policy': CONTENT_SECURITY_POLICY }
    : // Names contain a hash of the content.
      { ...type, 'cache-control': 'public, max-age=31536000, immutable' };
}

/** Serves the page and its files on any adapter. */
export function serveReferencePage(
  app: INestApplication,
  page: string,
  files: readonly PageFile[],
): void {
  const adapter = app.getHttpAdapter();
  for (const { path, headers, content } of files)
    adapter.get(path, ({ url }: { url: string }, response: Response) => {
      // Express takes both for one path.
      if (isWithSlash(url)) {
        redirect(response);
        return;
      }
      for (const [name, value] of Object.entries(headers)) response.header(name, value);
      response.send(content);
    });
  adapter.get(`${page}/`, (_request: unknown, response: Response) => redirect(response));

  /** The page refers to its files from the path without a slash at its end. */
  function redirect(response: Response): void {
    adapter.redirect(response, 302, `..${page}`);
  }
}

function isWithSlash(url: string): boolean {
  return /^[^?]*\/(\?|$)/.test(url);
}

/** What the responses of Express and of Fastify have in common. */
interface Response {
  header(name: string, value: string): unknown;
  send(content: Buffer): unknown;
}
