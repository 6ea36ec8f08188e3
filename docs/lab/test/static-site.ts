import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

/** What the page must be content with on any host for static files. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:";

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

const BUILT = join(__dirname, '../../../dist/lab');

export interface StaticSite {
  /** Where the page is: below a path, as on a host that has other pages, too. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the built page below `/some/path/`, with nothing but a strict policy added. */
export async function serveBuiltLab(): Promise<StaticSite> {
  const server = createServer((request, response) => {
    const name = /^[/]some[/]path[/]((?:[\w-]+[/])*[\w.-]*)$/.exec(request.url ?? '')?.[1];
    const file = join(BUILT, name || 'index.html');
    readFile(file).then(
      (content) =>
        response
          .setHeader('content-security-policy', CONTENT_SECURITY_POLICY)
          .setHeader('content-type', MEDIA_TYPES[extname(file)] ?? 'application/octet-stream')
          .end(content),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/some/path/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
