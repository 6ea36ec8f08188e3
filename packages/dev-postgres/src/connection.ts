import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { superuser } from './cluster.js';
import { codeOf } from './error-code.js';

/**
 * The connection by which an owner of the server is known to the others: it ends with its process,
 * however that ends. It keeps Node alive only while it asks something, does not crash it when the
 * server goes away, and leaves the application's databases alone.
 */
export interface OwnerConnection {
  /** Creates the database unless it exists. */
  ensureDatabase(name: string): Promise<void>;
  /** Whether nobody else is connected. Rejects where the connection was lost. */
  isAlone(): Promise<boolean>;
  end(): Promise<void>;
}

const ownerName = 'evergreen embedded owner';
/** Pools that were closed a moment ago are still listed for some milliseconds. */
const lingeringMilliseconds = 500;
const pollMilliseconds = 25;

/** Connects to the server on this port of 127.0.0.1. */
export async function connectAsOwner(port: number, password: string): Promise<OwnerConnection> {
  const socket = new Socket();
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: superuser,
    password,
    database: 'postgres',
    application_name: ownerName,
    ssl: false,
    connectionTimeoutMillis: 5_000,
    stream: () => socket,
  });
  client.on('error', () => undefined);

  const keepingNodeAlive = async <T>(task: () => Promise<T>): Promise<T> => {
    socket.ref();
    return task().finally(() => socket.unref());
  };
  await keepingNodeAlive(() => client.connect());
  return {
    ensureDatabase: (name) => keepingNodeAlive(() => ensureDatabase(client, name)),
    isAlone: () => keepingNodeAlive(() => isAlone(client)),
    end: () => keepingNodeAlive(() => client.end()),
  };
}

/** Whether PostgreSQL answered that the password is wrong, which no waiting mends. */
export function isWrongPassword(error: unknown): boolean {
  return codeOf(error) === '28P01';
}

async function ensureDatabase(client: Client, name: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
  if (!rowCount) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
}

async function isAlone(client: Client): Promise<boolean> {
  const until = Date.now() + lingeringMilliseconds;
  for (;;) {
    const others = await countOthers(client);
    if (others.clients === 0) return true;
    if (others.owners > 0 || Date.now() > until) return false;
    await sleep(pollMilliseconds);
  }
}

async function countOthers(client: Client): Promise<{ clients: number; owners: number }> {
  const { rows } = await client.query<{ clients: number; owners: number }>(
    `SELECT count(*)::int AS clients, (count(*) FILTER (WHERE application_name = $1))::int AS owners
       FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
    [ownerName],
  );
  return rows[0] ?? { clients: 0, owners: 0 };
}
