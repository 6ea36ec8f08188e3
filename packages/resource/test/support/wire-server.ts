import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FeedRevocation, FeedProof } from '#protocol';
import type { Clock } from '../../src/time/clock.js';
import { SigningKey } from './tokens.js';

export const SERVICE_TOKEN = 'service-token-of-orders-0123456789abcdef';

export interface Reply {
  readonly status: number;
  readonly body?: object | string;
}

/** A server of the wire, without anything behind it: the feed, the keys, and `verify`. */
export class WireServer {
  readonly key = new SigningKey('first');
  published: object[] = [this.key.jwk];
  /** All entries since the begin, which a mark counts. */
  readonly entries: FeedRevocation[] = [];
  streams: FeedStream[] = [];
  /** How many requests there were, by path. */
  readonly requests: Record<string, number> = {};
  /** What is answered in place of a feed, or of the keys. */
  feedReply: Reply | undefined;
  keysReply: Reply | undefined;
  /** What `verify` answers; undefined leaves the request without an answer. */
  verify: (token: string) => Reply | undefined | Promise<Reply> = () => ({ status: 503 });
  /** What `introspect` answers to this service. */
  introspectReply: Reply = { status: 503 };
  /** False: streams are opened, and the test sends what is in them. */
  isAutomatic = true;
  pageSize = 1000;
  senderState: FeedProof['state'] = 'live';
  ageMs = 5;
  /** How long the machine of the service has slept: time went on here. */
  sleptMs = 0;

  private readonly server: Server;
  private readonly stopBeat: () => void;

  private constructor(readonly clock: Clock) {
    this.server = createServer((request, response) => this.answer(request, response));
    let cancel = () => {};
    const beat = () => {
      for (const stream of this.streams) if (this.isAutomatic) stream.prove();
      cancel = clock.after(1000, beat, false);
    };
    cancel = clock.after(1000, beat, false);
    this.stopBeat = () => cancel();
  }

  static async start(clock: Clock): Promise<WireServer> {
    const wire = new WireServer(clock);
    await new Promise<void>((resolve) => wire.server.listen(0, '127.0.0.1', resolve));
    return wire;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The newest stream. */
  get stream(): FeedStream {
    const stream = this.streams.at(-1);
    if (!stream) throw new Error('There is no stream.');
    return stream;
  }

  /** Commits an entry, and sends it to all streams unless the test sends what is in them. */
  revoke(id: string, lowest: number | null = null, expires_in = 86_400): void {
    this.entries.push({ id, lowest, expires_in });
    if (this.isAutomatic) for (const stream of this.streams) stream.sendNew();
  }

  /** All connections are cut. */
  cut(): void {
    for (const stream of this.streams) stream.cut();
  }

  async close(): Promise<void> {
    this.stopBeat();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    this.requests[path] = (this.requests[path] ?? 0) + 1;
    if (path === '/.well-known/jwks.json')
      return send(response, this.keysReply ?? { status: 200, body: { keys: this.published } });
    if (path === '/api/auth/verify') {
      const token = (request.headers.authorization ?? '').replace('Bearer ', '');
      return void Promise.resolve(this.verify(token)).then(
        (reply) => reply && send(response, reply),
      );
    }
    if (path === '/api/auth/introspect') return send(response, this.introspectReply);
    if (path !== '/api/feed/revocations') return send(response, { status: 404 });
    if (request.headers.authorization !== `Bearer ${SERVICE_TOKEN}`)
      return send(response, { status: 401, body: { code: 'token_invalid' } });
    if (this.feedReply) return send(response, this.feedReply);
    this.open(request, response);
  }

  private open(request: IncomingMessage, response: ServerResponse): void {
    const stream = new FeedStream(this, response, request.headers['last-event-id'] as string);
    this.streams.push(stream);
    response.on('close', () => (this.streams = this.streams.filter((one) => one !== stream)));
    if (!this.isAutomatic) return;
    stream.sendSnapshot();
    stream.prove();
  }
}

/** One stream of the feed. */
export class FeedStream {
  private readonly receivedAtMs: number;
  /** How many of the server's entries have been sent. */
  private sent: number;
  private held: string[] | undefined;

  constructor(
    private readonly server: WireServer,
    private readonly response: ServerResponse,
    readonly lastEventId: string | undefined,
  ) {
    this.receivedAtMs = server.clock.monotonicMs() + server.sleptMs;
    this.sent = Number(lastEventId ?? 0);
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.flushHeaders();
  }

  sendSnapshot(): void {
    const { entries, pageSize } = this.server;
    const begin = this.sent;
    do {
      const page = entries.slice(this.sent, this.sent + pageSize);
      this.sent += page.length;
      const is_last = this.sent === entries.length;
      this.send('snapshot', is_last ? this.sent : begin, { entries: page, is_last });
    } while (this.sent < entries.length);
  }

  sendNew(): void {
    for (const entry of this.server.entries.slice(this.sent)) {
      this.sent += 1;
      this.send('revoked', this.sent, entry);
    }
  }

  prove(facts: Partial<FeedProof> = {}): void {
    const { clock, sleptMs, senderState: state, ageMs: age_ms } = this.server;
    const sent_ms = clock.monotonicMs() + sleptMs - this.receivedAtMs;
    this.send('proof', this.sent, { state, age_ms, sent_ms, ...facts });
  }

  send(name: string, id: string | number, data: object): void {
    this.write(`event: ${name}\nid: ${id || ''}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  write(text: string): void {
    if (this.held) this.held.push(text);
    else this.response.write(text);
  }

  /** A proxy swallows what is sent from now on. */
  hold(): void {
    this.held ??= [];
  }

  /** It delivers everything. */
  release(): void {
    const held = this.held ?? [];
    this.held = undefined;
    for (const text of held) this.write(text);
  }

  end(): void {
    this.response.end();
  }

  cut(): void {
    this.response.destroy();
  }
}

function send(response: ServerResponse, { status, body = {} }: Reply): void {
  const isText = typeof body === 'string';
  response.writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json' });
  response.end(isText ? body : JSON.stringify(body));
}
