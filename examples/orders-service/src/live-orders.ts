import type { ServerResponse } from 'node:http';
import type { GoodToken, Verifier } from '@evergreen-auth/resource';
import type { Order, Orders } from './orders.js';

interface Stream {
  readonly token: string;
  readonly userId: string;
  readonly response: ServerResponse;
}

/**
 * Streams of server-sent events: each caller's new orders. A stream outlives the request that was
 * checked when it began, so it ends with its session.
 */
export class LiveOrders {
  private readonly streams = new Map<string, Set<Stream>>();

  constructor(
    private readonly verifier: Pick<Verifier, 'verify' | 'onSessionEnded'>,
    orders: Orders,
  ) {
    // It is told of all sessions of all users, so it only looks one up.
    verifier.onSessionEnded(({ sessionId }) => {
      for (const stream of this.streams.get(sessionId) ?? []) end(stream);
    });
    orders.onCreated((order) => {
      for (const streams of this.streams.values())
        for (const stream of streams) void this.send(stream, order);
    });
  }

  async open({ userId, sessionId }: GoodToken, token: string, response: ServerResponse) {
    const stream = { token, userId, response };
    const streams = this.streams.get(sessionId) ?? new Set();
    this.streams.set(sessionId, streams.add(stream));
    response.on('close', () => {
      streams.delete(stream);
      if (streams.size === 0) this.streams.delete(sessionId);
    });
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': open\n\n');
    // The session may have ended after the request was checked, and before we listened.
    await this.endUnlessGood(stream);
  }

  close(): void {
    for (const streams of this.streams.values()) for (const stream of streams) end(stream);
  }

  /** What is sent needs a good token, as a request does: it may have expired since. */
  private async send(stream: Stream, order: Order): Promise<void> {
    if (order.owner_id !== stream.userId || !(await this.endUnlessGood(stream))) return;
    stream.response.write(`event: order\ndata: ${JSON.stringify(order)}\n\n`);
  }

  private async endUnlessGood(stream: Stream): Promise<boolean> {
    const { kind } = await this.verifier.verify(stream.token);
    if (kind !== 'good') end(stream);
    return kind === 'good';
  }
}

/** The client connects again with a newer token, if it can get one. */
function end({ response }: Stream): void {
  response.end();
}
