// better-auth with PostgreSQL, as its documentation sets it up (https://www.better-auth.com/docs),
// with its limits off.
import { createServer } from 'node:http';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import pg from 'pg';

const url = `http://127.0.0.1:${process.env.PORT}`;
const auth = betterAuth({
  database: new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 }),
  baseURL: url,
  secret: 'violet-Harbor-73-lantern-copper-Meadow-58',
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
});
const { runMigrations } = await getMigrations(auth.options);
await runMigrations();

process.once('SIGTERM', () => process.exit(0));
createServer(toNodeHandler(auth)).listen(Number(process.env.PORT), '127.0.0.1');
