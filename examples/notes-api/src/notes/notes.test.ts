import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, afterEach, before, describe, it } from 'node:test';
import { User } from 'evergreen-auth';
import { startTestApp, type TestApp } from 'evergreen-auth/testing';
import { DataSource } from 'typeorm';
import { WebSocket } from 'ws';
import { NOTES_API } from '../app.js';
import { NotesService } from './notes.service.js';

interface Note {
  readonly id: string;
  readonly text: string;
  readonly created_at: string;
}

let app: TestApp;

before(async () => {
  app = await startTestApp(NOTES_API);
});
after(() => app.close());

async function call<Body = { readonly code: string }>(
  token: string | undefined,
  method: string,
  path: string,
  body?: object,
) {
  const response = await fetch(app.url + path, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? undefined : JSON.parse(text)) as Body,
  };
}

const write = async (token: string, text: string) =>
  (await call<Note>(token, 'POST', '/api/notes', { text })).body;

describe('/api/notes', () => {
  it('is closed without a token, and once the session has ended', async () => {
    assert.equal((await call(undefined, 'GET', '/api/notes')).body.code, 'token_missing');
    const { accessToken: token } = await app.signUp();
    assert.equal((await call(token, 'GET', '/api/notes')).status, 200);
    await call(token, 'POST', '/api/auth/logout');
    assert.equal((await call(token, 'GET', '/api/notes')).body.code, 'session_revoked');
  });

  it('creates, lists, reads, changes and deletes', async () => {
    const { accessToken: token } = await app.signUp();
    const first = await call<Note>(token, 'POST', '/api/notes', { text: 'Plant a tree.' });
    assert.equal(first.status, 201);
    const { id } = first.body;
    await write(token, 'Water it.');

    const changed = await call<Note>(token, 'PATCH', `/api/notes/${id}`, { text: 'Plant two.' });
    assert.equal(changed.body.text, 'Plant two.');
    assert.deepEqual((await call(token, 'GET', `/api/notes/${id}`)).body, changed.body);
    const texts = async (query = '') =>
      (await call<Note[]>(token, 'GET', `/api/notes${query}`)).body.map(({ text }) => text);
    assert.deepEqual(await texts(), ['Water it.', 'Plant two.']);
    assert.deepEqual(await texts('?limit=1'), ['Water it.']);
    const unlimited = await call(token, 'GET', '/api/notes?limit=101');
    assert.equal(unlimited.body.code, 'validation_failed');

    assert.equal((await call(token, 'DELETE', `/api/notes/${id}`)).status, 204);
    assert.equal((await call(token, 'DELETE', `/api/notes/${id}`)).body.code, 'not_found');
    assert.deepEqual(await texts(), ['Water it.']);
  });

  it('does not know the note of another user, nor what is no id', async () => {
    const [owner, stranger] = [await app.signUp(), await app.signUp()];
    const { id } = await write(owner.accessToken, 'Mine.');
    for (const path of [`/api/notes/${id}`, '/api/notes/1']) {
      for (const [method, body] of [['GET'], ['PATCH', { text: 'Ours.' }], ['DELETE']] as const) {
        const refused = await call(stranger.accessToken, method, path, body);
        assert.deepEqual([refused.status, refused.body.code], [404, 'not_found']);
      }
    }
    assert.deepEqual((await call(stranger.accessToken, 'GET', '/api/notes')).body, []);
    const kept = await call<Note>(owner.accessToken, 'GET', `/api/notes/${id}`);
    assert.equal(kept.body.text, 'Mine.');
  });

  it('refuses a text that is none, is empty or too long, and members that it does not know', async () => {
    const { accessToken: token } = await app.signUp();
    const ofLength = (length: number) => ({ text: 'a'.repeat(length) });
    for (const body of [
      {},
      { text: 1 },
      ofLength(0),
      ofLength(10_001),
      { text: 'a', owner: 'b' },
    ]) {
      const refused = await call(token, 'POST', '/api/notes', body);
      assert.deepEqual([refused.status, refused.body.code], [422, 'validation_failed']);
    }
    assert.equal((await call(token, 'POST', '/api/notes', ofLength(10_000))).status, 201);
  });

  it('sends X-New-Token when the token is about to expire, and the new token works', async () => {
    const { accessToken: token } = await app.signUp();
    assert.equal((await call(token, 'GET', '/api/notes')).headers.get('x-new-token'), null);
    app.clock.advance({ hours: 7 });
    const newer = (await call(token, 'GET', '/api/notes')).headers.get('x-new-token');
    assert.ok(newer);
    app.clock.advance({ hours: 2 });
    assert.equal((await call(token, 'GET', '/api/notes')).body.code, 'token_expired');
    assert.equal((await call(newer, 'GET', '/api/notes')).status, 200);
  });

  it('is documented', async () => {
    interface Operation {
      readonly operationId: string;
    }
    const { body } = await call<{ paths: Record<string, Record<string, Operation>> }>(
      undefined,
      'GET',
      '/openapi.json',
    );
    const names = ['/api/notes', '/api/notes/{id}'].flatMap((path) =>
      Object.values(body.paths[path] ?? {}).map(({ operationId }) => operationId),
    );
    assert.deepEqual(names.sort(), [
      'changeNote',
      'createNote',
      'deleteNote',
      'getNote',
      'listNotes',
    ]);
  });

  it('keeps no notes of a user who is deleted', async () => {
    const { accessToken: token, user } = await app.signUp();
    const { id } = await write(token, 'Forget me.');
    const notes = app.nest.get(NotesService);
    await app.nest.get(DataSource).getRepository(User).delete({ id: user.id });
    await assert.rejects(notes.read(user.id, id), { code: 'not_found' });
  });
});

describe('/api/notes/live', () => {
  const opened: WebSocket[] = [];

  afterEach(() => {
    for (const socket of opened.splice(0)) socket.terminate();
  });

  /** Collects what it receives. */
  async function open() {
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/api/notes/live`);
    opened.push(socket);
    await once(socket, 'open');
    const closed = once(socket, 'close').then(([code]) => code as number);
    const received: { event: string; data: { text?: string; code?: string } }[] = [];
    socket.on('message', (message: Buffer) => {
      received.push(JSON.parse(message.toString()) as (typeof received)[number]);
    });
    return {
      closed,
      /** What it has received by now is taken. */
      take: () => received.splice(0).map(({ data }) => data.text ?? data.code),
      async signIn(token: unknown) {
        const replied = once(socket, 'message');
        socket.send(JSON.stringify({ event: 'sign-in', data: token }));
        await replied;
        return received.pop();
      },
    };
  }

  async function openAs(token: string) {
    const socket = await open();
    assert.equal((await socket.signIn(token))?.event, 'signed-in');
    return socket;
  }

  it('sends the new notes of its user, and of no other', async () => {
    const [{ accessToken: token }, stranger] = [await app.signUp(), await app.signUp()];
    const sockets = [await openAs(token), await openAs(token)];
    const nobody = await open();
    await write(stranger.accessToken, 'Not yours.');
    await write(token, 'Yours.');
    for (const socket of sockets) {
      // The reply to another sign-in comes after what was sent before it.
      await socket.signIn(token);
      assert.deepEqual(socket.take(), ['Yours.']);
    }
    assert.equal((await nobody.signIn({ token }))?.data.code, 'token_invalid');
    assert.deepEqual(nobody.take(), []);
  });

  it('sends a note once to a socket that has signed in again', async () => {
    const { accessToken: token } = await app.signUp();
    const socket = await openAs(token);
    await socket.signIn(token);
    await write(token, 'Once.');
    await socket.signIn(token);
    assert.deepEqual(socket.take(), ['Once.']);
  });

  it('is closed within a second of logout-all', async () => {
    const { accessToken: token } = await app.signUp();
    const { closed } = await openAs(token);
    const startedAt = performance.now();
    assert.equal((await call(token, 'POST', '/api/auth/logout-all')).status, 200);
    assert.equal(await closed, 4401);
    assert.ok(performance.now() - startedAt < 1000);
  });

  it('sends nothing by a token that has expired, and closes', async () => {
    const { accessToken: token } = await app.signUp();
    const socket = await openAs(token);
    app.clock.advance({ hours: 7 });
    const newer = (await call(token, 'GET', '/api/notes')).headers.get('x-new-token');
    app.clock.advance({ hours: 2 });
    await write(String(newer), 'Too late.');
    assert.equal(await socket.closed, 4401);
    assert.deepEqual(socket.take(), []);
  });
});
