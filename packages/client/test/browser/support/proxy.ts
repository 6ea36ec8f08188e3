import { readFileSync } from 'node:fs';
import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const PAGE = `<!doctype html>
<script type="importmap">{ "imports": {
  "@evergreen-auth/client": "/client/index.js",
  "@evergreen-auth/client/binding": "/client/binding.js"
} }</script>
<script type="module" src="/page.js"></script>`;

/** What is served beside the API. */
const FILES = [
  { path: /^\/client\/([\w-]+\.js)$/, folder: join(__dirname, '../../../dist') },
  { path: /^\/(page\.js)$/, folder: __dirname },
];

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A request of a page, and the means to do with it as a network, a firewall or a server might. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  /** What the real server says to it. */
  ask(change?: { path?: string; method?: string; headers?: IncomingHttpHeaders }): Promise<Answer>;
  /** Gives the page this answer. */
  send(answer: Answer): void;
  /** What becomes of it where all is well. */
  pass(): Promise<void>;
}

/** What becomes of a request instead of being passed on. */
export type Fault = (exchange: Exchange) => unknown;

/** A request that has come by. */
export interface Seen {
  readonly path: string;
  /** What the server has answered, if it was asked. */
  status?: number;
  /** How a refresh came about. */
  outcome?: string | undefined;
}

/** All that pages of one host have sent, and what is to become of what they will send. */
export class Traffic {
  readonly seen: Seen[] = [];
  /** Every token that the server has given out. */
  readonly tokens = new Set<string>();
  /** The bodies that have reached the application's own route, `/api/echo`, with a good token. */
  readonly echoed: string[] = [];
  private faults: { path: string; fault: Fault; left: number }[] = [];

  /** From now on, so many requests of this path fare like this. */
  fault(path: string, fault: Fault, times = Infinity): void {
    this.faults.push({ path, fault, left: times });
  }

  heal(): void {
    this.faults = [];
  }

  faultOf(path: string): Fault | undefined {
    const entry = this.faults.find((candidate) => candidate.path === path && candidate.left > 0);
    if (entry) entry.left -= 1;
    return entry?.fault;
  }

  at(path: string): Seen[] {
    return this.seen.filter((seen) => seen.path === path);
  }

  /** How the server has answered the refreshes that have reached it, in their order. */
  get outcomes(): string[] {
    return this.at('/api/auth/refresh').flatMap(({ status, outcome }) =>
      status ? [outcome ?? String(status)] : [],
    );
  }
}

export interface Proxy {
  readonly port: number;
  /** Where the real server is. */
  target: string;
  trafficOf(host: string): Traffic;
  close(): void;
}

/** Serves the pages and passes on what they send to the API, so that both are of one origin. */
export async function startProxy(): Promise<Proxy> {
  const traffic = new Map<string, Traffic>();
  const agent = new Agent({ keepAlive: true });
  const trafficOf = (host: string) => {
    const known = traffic.get(host) ?? new Traffic();
    traffic.set(host, known);
    return known;
  };
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://host').pathname;
    if (!path.startsWith('/api/')) return serve(path, response);
    const ours = trafficOf(request.headers.host ?? '');
    // Pages come and go, and so do their connections.
    void passOn(path, request, response, ours, proxy.target, agent).catch(() => response.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const proxy: Proxy = {
    port: (server.address() as AddressInfo).port,
    target: '',
    trafficOf,
    close: () => {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
  return proxy;
}

function serve(path: string, response: ServerResponse): void {
  for (const { path: pattern, folder } of FILES) {
    const name = pattern.exec(path)?.[1];
    if (name)
      return void response
        .writeHead(200, { 'content-type': 'text/javascript' })
        .end(readFileSync(join(folder, name)));
  }
  response
    .writeHead(200, { 'content-type': 'text/html' })
    .end(path === '/' ? PAGE : '<!doctype html>Another page');
}

async function passOn(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  traffic: Traffic,
  target: string,
  agent: Agent,
): Promise<void> {
  const seen: Seen = { path };
  if (request.method !== 'OPTIONS') traffic.seen.push(seen);
  const body = await read(request);
  const exchange: Exchange = {
    request,
    response,
    body,
    ask: async ({ path: otherPath = request.url, method = request.method, headers = {} } = {}) => {
      const answer = await ask(
        target + otherPath,
        { agent, method, headers: { ...request.headers, ...headers } },
        body,
      );
      seen.status = answer.status;
      seen.outcome = answer.headers['x-refresh-outcome'] as string | undefined;
      tokensIn(answer).forEach((token) => traffic.tokens.add(token));
      return answer;
    },
    send: ({ status, headers, body: answer }) =>
      void response.writeHead(status, headers).end(answer),
    pass: async () =>
      path === '/api/echo' ? echo(exchange, traffic) : exchange.send(await exchange.ask()),
  };
  await (traffic.faultOf(path) ?? (({ pass }) => pass()))(exchange);
}

/** A route as an application has them: it runs for whoever has a good token. */
async function echo(
  { request, response, body, ask: askServer, send }: Exchange,
  { echoed }: Traffic,
): Promise<void> {
  const headers = {
    authorization: request.headers.authorization,
    'content-length': undefined,
    'content-type': undefined,
  };
  const verdict = await askServer({ path: '/api/auth/verify', method: 'GET', headers });
  if (verdict.status !== 200) return send(verdict);
  echoed.push(body.toString());
  response.writeHead(200).end(body);
}

async function ask(
  url: string,
  options: { agent: Agent; method: string | undefined; headers: IncomingHttpHeaders },
  body: Buffer,
): Promise<Answer> {
  const headers = Object.fromEntries(
    Object.entries(options.headers).filter(([, value]) => value !== undefined),
  );
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    httpRequest(url, { ...options, headers }, resolve)
      .on('error', reject)
      .end(options.method === 'GET' ? undefined : body);
  });
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await read(answer) };
}

async function read(message: IncomingMessage): Promise<Buffer> {
  return Buffer.concat(await message.toArray());
}

function tokensIn({ headers, body }: Answer): string[] {
  const cookies = (headers['set-cookie'] ?? []).join();
  return (
    `${body.toString()} ${cookies} ${String(headers['x-new-token'])}`.match(
      /\beyJ[\w-]+\.[\w-]+\.[\w-]+/g,
    ) ?? []
  );
}
