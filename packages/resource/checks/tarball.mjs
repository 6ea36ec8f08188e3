/**
 * The package as it is published, in a service of another team: packed and unpacked, imported and
 * required in Node, in Nest on Express and on Fastify, and type-checked. Needs the build: npm run
 * tarball -w @evergreen-auth/resource
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { unpackInto } from '../../../test/packages/unpack.mjs';

const PACKAGE = resolve(import.meta.dirname, '..');
const INSTALLED = resolve(PACKAGE, '../../node_modules');
/** What the service has beside the package. */
const PEERS = [
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/platform-express',
  '@nestjs/platform-fastify',
  '@types',
  'express',
  'fastify',
  'reflect-metadata',
  'rxjs',
];
/** A program that does not end is stopped. */
const LONGEST_MS = 30_000;

const app = mkdtempSync(join(tmpdir(), 'evergreen-resource-'));
/** Beside this process, which is the server. */
const run = async (command, args) => {
  try {
    await promisify(execFile)(command, args, { cwd: app, encoding: 'utf8', timeout: LONGEST_MS });
  } catch (error) {
    throw new Error(`${args[0]} failed: ${error.stdout}${error.stderr}`, { cause: error });
  }
};

const server = createServer((request, response) => {
  if (request.url.endsWith('jwks.json')) return response.end('{ "keys": [] }');
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('event: snapshot\nid: 1\ndata: { "entries": [], "is_last": true }\n\n');
  response.write('event: proof\nid: 1\ndata: { "state": "live", "age_ms": 0, "sent_ms": 0 }\n\n');
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));

/** It ends by itself, though the verifier is never closed, and its feed is open. */
const USE = `
const verifier = createVerifier({ issuer: 'evergreen', audience: 'evergreen-api', server: 'http://127.0.0.1:${server.address().port}', serviceToken: 'secret', logger: { info() {}, warn() {}, error() {} } });
if ((await verifier.ready()) !== 'live') throw new Error('The verifier is not live.');
if ((await verifier.verify('no token')).kind !== 'invalid') throw new Error('That is no token.');
for (const door of [AccessTokenGuard, accessTokens, requireAccessToken]) if (typeof door !== 'function') throw new Error('A door is missing.');
`;

const NEST = (adapter) => `
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { ${adapter} as Adapter } from '@nestjs/platform-${adapter === 'ExpressAdapter' ? 'express' : 'fastify'}';
import { AccessTokenGuard } from '@evergreen-auth/resource/nest';
class Orders { list() { return ['an order']; } }
Controller('orders')(Orders);
Get()(Orders.prototype, 'list', Object.getOwnPropertyDescriptor(Orders.prototype, 'list'));
class AppModule {}
const verifier = { verify: async (token) => (token === 'good' ? { kind: 'good', userId: 'a user' } : { kind: 'ended' }) };
Module({ controllers: [Orders], providers: [{ provide: APP_GUARD, useValue: new AccessTokenGuard(verifier) }] })(AppModule);
const app = await NestFactory.create(AppModule, new Adapter(), { logger: false, forceCloseConnections: true });
await app.listen(0, '127.0.0.1');
const answers = await Promise.all(['good', 'old'].map((token) => fetch(\`http://127.0.0.1:\${app.getHttpServer().address().port}/orders\`, { headers: { authorization: \`Bearer \${token}\` } })));
if (answers.map(({ status }) => status).join() !== '200,401') throw new Error('It answered ' + answers.map(({ status }) => status));
if (!answers[1].headers.get('www-authenticate')) throw new Error('There is no challenge.');
await app.close();
`;

const IMPORTS = [
  ['createVerifier', ''],
  ['requireAccessToken', '/express'],
  ['accessTokens', '/fastify'],
  ['AccessTokenGuard', '/nest'],
];
const imports = IMPORTS.map(
  ([name, door]) => `import { ${name} } from '@evergreen-auth/resource${door}';`,
).join('\n');
const requires = IMPORTS.map(
  ([name, door]) => `const { ${name} } = require('@evergreen-auth/resource${door}');`,
).join('\n');

const TYPES = `
import { createVerifier, type Verdict, type Verifier } from '@evergreen-auth/resource';
import { requireAccessToken } from '@evergreen-auth/resource/express';
import { accessTokens } from '@evergreen-auth/resource/fastify';
import { AccessTokenGuard, CurrentUser, Public, type CallingUser } from '@evergreen-auth/resource/nest';
import express from 'express';
import fastify from 'fastify';
const verifier: Verifier = createVerifier({ issuer: 'a', audience: 'b', server: 'http://c', serviceToken: 'd' });
export const statusOf = (verdict: Verdict): number => {
  switch (verdict.kind) {
    case 'good': return verdict.userId.length;
    case 'expired': case 'invalid': case 'ended': return 401;
    case 'unknown': return verdict.retryAfterSeconds;
  }
};
const app = express();
app.use('/orders', requireAccessToken(verifier), (request, response) => void response.json(request.auth?.claims));
const service = fastify();
service.register(accessTokens, { verifier });
service.get('/orders', (request) => request.auth?.userId);
service.get('/status', { config: { public: true } }, () => 'up');
export const user: CallingUser = { id: '', roles: [], claims: {} };
export { AccessTokenGuard, CurrentUser, Public };
`;

try {
  const { filename } = unpackInto(app, PACKAGE);
  for (const peer of PEERS) {
    const place = join(app, 'node_modules', peer);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(join(INSTALLED, peer), place);
  }
  writeFileSync(join(app, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(app, 'service.mjs'), imports + USE);
  writeFileSync(join(app, 'service.cjs'), `${requires}(async () => {${USE}})();`);
  writeFileSync(join(app, 'express.mjs'), NEST('ExpressAdapter'));
  writeFileSync(join(app, 'fastify.mjs'), NEST('FastifyAdapter'));
  writeFileSync(join(app, 'types.ts'), TYPES);

  for (const program of ['service.mjs', 'service.cjs', 'express.mjs', 'fastify.mjs'])
    await run(process.execPath, [program]);
  const types = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--skipLibCheck'];
  for (const module of ['node20', 'esnext']) {
    const resolution = module === 'esnext' ? 'bundler' : 'nodenext';
    const how = ['--target', 'es2022', '--module', module, '--moduleResolution', resolution];
    await run(join(INSTALLED, '.bin/tsc'), [...types, ...how, '--types', 'node', 'types.ts']);
  }
  console.log(
    `${filename} works in Node (ESM and CommonJS), in Nest (Express and Fastify), and in TypeScript.`,
  );
} finally {
  server.closeAllConnections();
  server.close();
  rmSync(app, { recursive: true });
}
