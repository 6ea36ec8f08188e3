import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Request {
  readonly method: string;
  readonly path: string;
  readonly token: string | undefined;
  readonly type: string | undefined;
  readonly body: string;
}

/**
 * An application's own API and its pages, at one origin with the real server, which it asks whom to
 * let in.
 */
export interface Gateway {
  readonly url: string;
  /** By their paths; a page is a document, and all else script. */
  readonly pages: Map<string, string>;
  /** What the server was asked: method and path. */
  readonly relayed: string[];
  /** All that was asked of the application. */
  readonly asked: Request[];
  /** What was let in, and so was run. */
  readonly run: Request[];
  readonly refreshes: number;
  /** Refreshes wait until what it returns is called. */
  holdRefreshes(): () => void;
  close(): void;
}

const REFRESH = '/api/auth/refresh';

export async function startGateway(server: string): Promise<Gateway> {
  const pages = new Map<string, string>();
  const relayed: string[] = [];
  const asked: Request[] = [];
  const run: Request[] = [];
  let held = Promise.resolve();

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await requestOf(incoming);
    const page = pages.get(request.path);
    if (page)
      return void response
        .writeHead(200, {
          'content-type': request.path.endsWith('.js') ? 'text/javascript' : 'text/html',
        })
        .end(page);
    if (request.path.startsWith('/api/')) return relay(request, incoming, response);
    asked.push(request);
    if (request.path === '/app/broken') return void incoming.socket.destroy();
    if (!request.path.startsWith('/app/open')) {
      const verdict = await fetch(`${server}/api/auth/verify`, {
        headers: request.token ? { authorization: `Bearer ${request.token}` } : {},
      });
      if (!verdict.ok) return copy(verdict, response);
    }
    run.push(request);
    const { searchParams } = new URL(request.path, server);
    const status = Number(searchParams.get('status') ?? 200);
    const headers = JSON.parse(searchParams.get('headers') ?? '{}') as Record<string, string>;
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify({ ...request, code: searchParams.get('code') ?? undefined }));
  }

  async function relay(
    { method, path, body }: Request,
    { headers }: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    relayed.push(`${method} ${path}`);
    if (path === REFRESH) await held;
    const {
      authorization = '',
      'content-type': type = 'application/json',
      'x-device-id': device = '',
    } = headers;
    const sent = {
      authorization,
      'x-device-id': String(device),
      ...(body && { 'content-type': type }),
    };
    await copy(
      await fetch(server + path, { method, headers: sent, ...(body && { body }) }),
      response,
    );
  }

  const gateway = createServer((incoming, response) => void handle(incoming, response));
  await new Promise<void>((listening) => gateway.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`,
    pages,
    relayed,
    asked,
    run,
    get refreshes() {
      return relayed.filter((call) => call === `POST ${REFRESH}`).length;
    },
    holdRefreshes() {
      let release = () => {};
      held = new Promise((released) => (release = released));
      return release;
    },
    close() {
      gateway.close();
      gateway.closeAllConnections();
    },
  };
}

async function requestOf(incoming: IncomingMessage): Promise<Request> {
  const { method = '', url = '', headers } = incoming;
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const token = headers.authorization?.replace('Bearer ', '');
  return {
    method,
    path: url,
    token,
    type: headers['content-type'],
    body: Buffer.concat(chunks).toString(),
  };
}

const RELAYED = [
  'content-type',
  'www-authenticate',
  'x-new-token',
  'x-new-token-expires-in',
  'retry-after',
];

async function copy(answer: Response, response: ServerResponse): Promise<void> {
  const headers = RELAYED.flatMap((name) =>
    answer.headers.has(name) ? [[name, answer.headers.get(name)]] : [],
  );
  response
    .writeHead(answer.status, Object.fromEntries(headers) as Record<string, string>)
    .end(await answer.text());
}
