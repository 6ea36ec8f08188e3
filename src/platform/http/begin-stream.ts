import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { HttpReply } from './http-request.js';

/** What is used of a response of Fastify; one of Express is Node's own. */
interface FastifyReply {
  hijack(): void;
  getHeaders(): OutgoingHttpHeaders;
  readonly raw: ServerResponse;
}

/**
 * Sends the headers of a response with the status 200, and returns Node's response, which the caller
 * writes and ends. Headers that hooks have set are sent, too.
 */
export function beginStream(
  reply: HttpReply,
  headers: Readonly<Record<string, string>>,
): ServerResponse {
  reply.request.evergreen.isEndless = true;
  const response = begun(reply, headers);
  response.flushHeaders();
  return response;
}

function begun(
  reply: HttpReply & Partial<FastifyReply>,
  headers: Readonly<Record<string, string>>,
): ServerResponse {
  if (!reply.hijack || !reply.getHeaders || !reply.raw)
    return (reply as unknown as ServerResponse).writeHead(200, headers);
  reply.hijack();
  return reply.raw.writeHead(200, { ...reply.getHeaders(), ...headers });
}
