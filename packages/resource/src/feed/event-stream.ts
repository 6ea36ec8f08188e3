import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface EventStreamOptions {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly onChunk: (chunk: Uint8Array) => void;
  /** Called once, with the reason, unless `close` was called before. */
  readonly onEnd: (reason: Error) => void;
}

/** The server answered, but with no feed. */
export class FeedRefused extends Error {
  constructor(readonly status: number) {
    super(`The feed was refused with status ${status}.`);
  }
}

/**
 * Opens a stream of server-sent events. It does not keep the process alive: this is why it uses
 * `node:http` and not `fetch`, whose sockets cannot be told so while a response is being read.
 *
 * @returns closes the stream
 */
export function openEventStream({ url, headers, onChunk, onEnd }: EventStreamOptions): () => void {
  let isOver = false;
  const end = (reason: Error) => {
    if (isOver) return;
    close();
    onEnd(reason);
  };
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  // A connection of its own, so that no pool waits for it.
  const request = send(url, { headers: { ...headers, accept: 'text/event-stream' }, agent: false });
  const close = () => {
    isOver = true;
    request.destroy();
  };
  request.on('socket', (socket) => socket.unref());
  request.on('error', end);
  request.on('response', (response) => {
    response.on('error', end);
    response.on('close', () => end(new Error('The server ended the feed.')));
    if (!isEventStream(response)) return end(new FeedRefused(response.statusCode ?? 0));
    response.on('data', (chunk: Uint8Array) => {
      if (!isOver) attempt(() => onChunk(chunk), end);
    });
  });
  request.end();
  return close;
}

function isEventStream({ statusCode, headers }: IncomingMessage): boolean {
  return statusCode === 200 && /^text\/event-stream\b/i.test(headers['content-type'] ?? '');
}

function attempt(work: () => void, onError: (error: Error) => void): void {
  try {
    work();
  } catch (error) {
    onError(error as Error);
  }
}
