import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { admit } from '../http/admit.js';
import type { Refusal } from '../http/refusal.js';
import type { Logger } from '../logger.js';
import type { Verifier } from '../verifier.js';
import { identityHeaders } from './identity-headers.js';

/** Longer than the proxies keep their connections (nginx: 60 s), so that they close them first. */
const KEEP_ALIVE_MS = 75_000;

/** Longer than a verification may take. */
const STOP_WITHIN_MS = 5000;

/** Beyond that, the path of a request is cut in the document of its refusal: nginx has room for 4 kB. */
const MAX_PATH_LENGTH = 1000;

export interface SideCarOptions {
  readonly verifier: Pick<Verifier, 'verify' | 'state'>;
  /** Whether the server could be asked for a token. */
  readonly canAsk: () => Promise<boolean>;
  readonly logger: Pick<Logger, 'error'>;
  readonly host: string;
  readonly port: number;
}

export interface SideCar {
  /** Such as `http://127.0.0.1:9000`. */
  readonly url: string;
  /** Answers what has begun, and no more. */
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Answers a proxy that asks for each request whether it may pass: `/verify`, and any path below it.
 *
 * @throws if the address cannot be used
 */
export async function startSideCar(options: SideCarOptions): Promise<SideCar> {
  const { host, port, logger } = options;
  let isStopping = false;
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const { status, headers, body } = await answerTo(request, options, isStopping);
    if (isStopping) response.setHeader('connection', 'close');
    response.writeHead(status, { 'cache-control': 'no-store', ...headers }).end(body);
  };
  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => {
      logger.error(`A request failed: ${String(error)}`);
      response.writeHead(500).end();
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    url: urlOf(server),
    close: () => {
      isStopping = true;
      return closed(server);
    },
  };
}

async function answerTo(
  request: IncomingMessage,
  { verifier, canAsk }: SideCarOptions,
  isStopping: boolean,
): Promise<Answer> {
  const path = pathIn(request.url);
  if (path === '/verify' || path.startsWith('/verify/')) return verification(request, verifier);
  if (path === '/health/live') return { status: 200 };
  if (path !== '/health/ready') return { status: 404 };
  const { state } = verifier;
  const isReady = !isStopping && (state === 'live' || (await canAsk()));
  return { status: isReady ? 200 : 503, headers: { 'x-verifier-state': state } };
}

async function verification(
  request: IncomingMessage,
  verifier: SideCarOptions['verifier'],
): Promise<Answer> {
  const { headers, rawHeaders } = request;
  const { auth, refusal } = await admit(verifier, { headers, rawHeaders, url: askedPath(request) });
  return auth ? { status: 200, headers: identityHeaders(auth) } : refused(refusal);
}

/**
 * The document is in a header, too: nginx discards the body of such a response, and makes the one
 * for the caller from headers.
 */
function refused({ status, headers, body: document }: Refusal): Answer {
  const body = asciiJson(document);
  return { status, headers: { ...headers, 'x-problem': body }, body };
}

/**
 * The path that the caller has asked for: nginx and Traefik tell it in a header, Envoy behind
 * `/verify`. It serves as `instance` of a refusal alone.
 */
function askedPath({ url, headers }: IncomingMessage): string {
  const told = headers['x-forwarded-uri'];
  const path = typeof told === 'string' ? pathIn(told) : pathIn(url).slice('/verify'.length);
  return (path || '/').slice(0, MAX_PATH_LENGTH);
}

function pathIn(url = ''): string {
  return url.replace(/\?.*$/s, '');
}

/** A header has room for these characters alone, whatever the caller has asked for. */
function asciiJson(value: object): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

async function closed(server: Server): Promise<void> {
  const late = setTimeout(() => server.closeAllConnections(), STOP_WITHIN_MS);
  await new Promise((resolve) => void server.close(resolve));
  clearTimeout(late);
}
