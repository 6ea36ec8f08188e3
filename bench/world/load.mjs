import { Agent, request as send } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import autocannon from 'autocannon';
import { headersOf } from './sessions.mjs';

const CONNECTIONS = 32;

/**
 * Sends requests as fast as responses arrive, for `seconds`, or `count` times.
 *
 * @param request for autocannon
 * @returns the number of responses, their rate per second, latencies in milliseconds, and the
 * number of each status
 */
export async function load(url, request, { seconds, count, connections = CONNECTIONS }) {
  const result = await autocannon({
    url,
    connections,
    requests: [request],
    ...(count ? { amount: count } : { duration: seconds }),
  });
  if (result.errors > 0) throw new Error(`${result.errors} requests to ${url} got no response.`);
  const byStatus = Object.fromEntries(
    Object.entries(result.statusCodeStats).map(([status, { count: times }]) => [status, times]),
  );
  const { requests, latency, duration } = result;
  return {
    count: requests.total,
    perSecond: requests.total / duration,
    p50: latency.p50,
    p99: latency.p99,
    byStatus,
  };
}

/**
 * Sends `perSecond` requests a second, evenly, without waiting for earlier responses, so that a
 * stall is not hidden. It does not use autocannon, which sends all requests of a second at its
 * beginning.
 */
export async function loadEvenly(url, request, { seconds, perSecond }) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const milliseconds = [];
  const begin = performance.now();
  const responses = [];
  for (let asked = 0; asked < seconds * perSecond; asked++) {
    const dueAt = begin + (asked * 1000) / perSecond;
    if (dueAt > performance.now()) await pause(dueAt - performance.now());
    responses.push(
      exchange(url, request, agent).then(() => milliseconds.push(performance.now() - dueAt)),
    );
  }
  await Promise.all(responses);
  agent.destroy();
  milliseconds.sort((a, b) => a - b);
  const at = (share) => milliseconds[Math.ceil(share * milliseconds.length) - 1];
  return { count: milliseconds.length, perSecond, p50: at(0.5), p99: at(0.99) };
}

function exchange(url, request, agent) {
  const context = {};
  const { method, path, headers } = request.setupRequest?.(request, context) ?? request;
  return new Promise((resolve, reject) => {
    const sent = send(url + path, { agent, method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk) => (body += chunk));
      response.on('end', () => resolve(request.onResponse?.(response.statusCode, body, context)));
    });
    sent.on('error', reject).end();
  });
}

/** The same request each time. */
export function get(path, headers) {
  return { method: 'GET', path, headers };
}

/**
 * A refresh of one session after the other, in an order that has nothing to do with that on the
 * disk, each with the token that it got last.
 *
 * @param given `{ number, token }` each; their tokens are kept up to date
 * @param proof makes the header `DPoP` of a bound session
 */
export function refreshInTurn(given, proof) {
  const sessions = given
    .map((session) => ({ session, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ session }) => session);
  let next = 0;
  return {
    method: 'POST',
    path: '/api/auth/refresh',
    setupRequest(request, context) {
      context.session = sessions[next++ % sessions.length];
      const { number, token } = context.session;
      const shown = proof
        ? { authorization: `DPoP ${token}`, dpop: proof() }
        : { authorization: `Bearer ${token}` };
      return { ...request, headers: { ...headersOf(number), ...shown } };
    },
    onResponse(status, body, context) {
      if (status !== 200) throw new Error(`A refresh was answered with ${status}: ${body}`);
      context.session.token = /"refresh_token":"([^"]+)"/.exec(body)[1];
    },
  };
}
