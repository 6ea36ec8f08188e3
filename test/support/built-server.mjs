import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_WITHIN_MS = 60_000;

/**
 * For checks outside Jest: starts a built server with a database of its own (`NODE_ENV=test`), tells
 * it a story, and stops it.
 *
 * @param {{ node?: string, main: string, folder: string, env?: object }} server `folder` is its
 * working folder
 * @param {(call: Function, url: string) => Promise<void>} story gets `call(method, path, { token,
 * body, headers })`, which resolves with the status and the parsed body, and the server's URL
 * @returns {Promise<string>} its log
 * @throws with its log, if the story fails or the server does not stop in order
 */
export async function withServer({ node = process.execPath, main, folder, env = {} }, story) {
  const port = await freePort();
  const { PATH, HOME } = process.env;
  const server = spawn(node, [main], {
    cwd: folder,
    env: { PATH, HOME, NODE_ENV: 'test', PORT: String(port), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (text) => (log += text));
  const ended = new Promise((done) => server.once('exit', (code) => done(code)));
  try {
    const url = `http://127.0.0.1:${port}`;
    await becomeReady(url, server);
    await story((method, path, options) => call(method, url + path, options), url);
    server.kill('SIGTERM');
    assert.equal(await ended, 0);
    return log;
  } catch (error) {
    throw new Error(`The server does not work:\n${log}`, { cause: error });
  } finally {
    server.kill('SIGTERM');
  }
}

async function becomeReady(url, server) {
  const until = Date.now() + READY_WITHIN_MS;
  while (!(await isReady(url))) {
    if (server.exitCode !== null || Date.now() > until) throw new Error('It is not ready.');
    await sleep(50);
  }
}

function isReady(url) {
  return fetch(`${url}/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function call(method, url, { token, body, headers: given } = {}) {
  const headers = {
    ...given,
    ...(token && { authorization: `Bearer ${token}` }),
    ...(body && { 'content-type': 'application/json' }),
  };
  const response = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

/** @returns {Promise<number>} a port that nobody listens on */
export function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}
