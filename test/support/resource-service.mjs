// A service of another team, as a process: it verifies access tokens with the built
// `@evergreen-auth/resource`. Started by resource-service.ts.
import fastify from 'fastify';
import { createVerifier } from '../../packages/resource/dist/index.js';
import { accessTokens } from '../../packages/resource/dist/fastify.js';

const { SERVER, SERVICE_TOKEN } = process.env;

let checks = 0;
const send = globalThis.fetch;
globalThis.fetch = (url, options) => {
  if (String(url).endsWith('/api/auth/verify')) checks += 1;
  return send(url, options);
};

const verifier = createVerifier({
  issuer: 'evergreen',
  audience: 'evergreen-api',
  server: SERVER,
  serviceToken: SERVICE_TOKEN,
  logger: console,
});
const ended = {};
verifier.onSessionEnded(({ sessionId }) => (ended[sessionId] = (ended[sessionId] ?? 0) + 1));
await verifier.ready();

const app = fastify();
await app.register(accessTokens, { verifier });
app.get('/status', { config: { public: true } }, () => ({ state: verifier.state, checks, ended }));
// All processes of a machine read the same monotonic clock.
app.get('/orders', (request, reply) =>
  reply.header('x-accepted-at-ns', String(process.hrtime.bigint())).send([]),
);
process.send(await app.listen({ port: 0, host: '127.0.0.1' }));
