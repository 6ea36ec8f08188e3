// What a refresh and a verified request cost at the least: Fastify and pg, one HS256 token
// verified, one prepared UPDATE, two tokens signed. It neither checks whether the session is
// live, nor detects a thief, nor logs, limits or counts.
import { createHmac } from 'node:crypto';
import fastify from 'fastify';
import pg from 'pg';
import { floorKey, signForFloor } from './floor-token.mjs';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const app = fastify();

function verify(authorization) {
  const token = authorization.slice('Bearer '.length);
  const end = token.lastIndexOf('.');
  if (
    createHmac('sha256', floorKey).update(token.slice(0, end)).digest('base64url') !==
    token.slice(end + 1)
  )
    throw new Error('401');
  return JSON.parse(Buffer.from(token.slice(token.indexOf('.') + 1, end), 'base64url').toString());
}

app.get('/health/ready', () => ({ status: 'ready' }));

app.get('/api/auth/verify', (request, reply) => {
  const { sub, sid, exp } = verify(request.headers.authorization);
  reply.send({
    valid: true,
    user: { id: sub },
    session_id: sid,
    expires_in: exp - Math.floor(Date.now() / 1000),
  });
});

const UPDATE = `
  UPDATE sessions SET generation = generation + 1, last_used_at = now(), expires_at = now() + interval '14 days'
  WHERE id = $1 RETURNING user_id, generation`;

app.post('/api/auth/refresh', async (request) => {
  const { sid } = verify(request.headers.authorization);
  const { rows } = await pool.query({ name: 'refresh', text: UPDATE, values: [sid] });
  const now = Math.floor(Date.now() / 1000);
  const claims = { sub: rows[0].user_id, sid, iat: now };
  return {
    access_token: signForFloor({ ...claims, exp: now + 1800 }),
    refresh_token: signForFloor({ ...claims, exp: now + 1_209_600, gen: rows[0].generation }),
    token_type: 'bearer',
    expires_in: 1800,
    refresh_expires_in: 1_209_600,
    session_id: sid,
    user: { id: rows[0].user_id },
  };
});

process.once('SIGTERM', () => process.exit(0));
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
