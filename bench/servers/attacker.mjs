// One attack, until this process ends: node bench/servers/attacker.mjs NAME, with the
// server's URL, its database's and a refresh token of session 0 in the environment.
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { headersOf, sessionId } from '../world/sessions.mjs';

const { URL_OF_SERVER, URL_OF_DATABASE, TOKEN } = process.env;

const longAddress = JSON.stringify({
  email: `a${'\u0301\u0316'.repeat(24_000)}@example.com`,
  password: 'wrong-Password-1',
});

const manyMembers = JSON.stringify(
  Object.fromEntries(Array.from({ length: 9000 }, (_, index) => [`m${index}`, 0])),
);

const ATTACKS = {
  'JSON nested 2,000 deep, 4 connections': () => always(4, () => logIn('['.repeat(2000))),
  '9,000 unknown members, 4 connections': () => always(4, () => logIn(manyMembers)),
  'an address of 97 kB, 4 connections': () => always(4, () => logIn(longAddress)),
  'guesses at passwords, 100 at once': () => always(100, () => logIn(guess())),
  'probes of readiness, 800 connections': () => always(800, probe),
  'answers that nobody reads, 8 connections': () => always(8, askAndNeverRead),
  'a session whose row is locked, 20 connections': async () => {
    const client = await connectToDatabase();
    await client.query('BEGIN');
    await client.query('SELECT FROM sessions WHERE id = $1 FOR UPDATE', [sessionId(0)]);
    await always(20, refreshLocked);
  },
  'notices of 7.9 kB, 1 connection to the database': async () => {
    const client = await connectToDatabase();
    const notify = `SELECT pg_notify('evergreen_revocations_written', repeat('x', 7900) || random())`;
    await always(1, () => client.query(notify));
  },
};

const [, , name] = process.argv;
if (name === undefined) console.log(JSON.stringify(Object.keys(ATTACKS)));
else await ATTACKS[name]();

/** Runs `count` loops in parallel. */
async function always(count, act) {
  const one = async () => {
    for (;;) await act().catch(() => pause(10));
  };
  await Promise.all(Array.from({ length: count }, one));
}

async function ask(path, init) {
  const response = await fetch(URL_OF_SERVER + path, init);
  await response.text();
}

async function logIn(body) {
  const headers = { 'content-type': 'application/json' };
  await ask('/api/auth/login', { method: 'POST', headers, body });
}

async function probe() {
  await ask('/health/ready');
}

async function refreshLocked() {
  const headers = { ...headersOf(0), authorization: `Bearer ${TOKEN}` };
  await ask('/api/auth/refresh', { method: 'POST', headers });
}

async function askAndNeverRead() {
  const { hostname, port } = new URL(URL_OF_SERVER);
  const socket = connect(Number(port), hostname).pause();
  const gone = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined);
  socket.write(`GET /openapi.json HTTP/1.1\r\nhost: ${hostname}\r\n\r\n`.repeat(1500));
  await gone;
  await pause(100);
}

async function connectToDatabase() {
  const client = new pg.Client({ connectionString: URL_OF_DATABASE });
  await client.connect();
  return client;
}

function guess() {
  return JSON.stringify({ email: `${Math.random()}@example.com`, password: 'wrong-Password-1' });
}
