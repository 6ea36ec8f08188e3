import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { getDataSourceToken } from '@nestjs/typeorm';
import { startTestDatabase, testOptions, type TestDatabase } from 'evergreen-auth/testing';
import type { DataSource } from 'typeorm';
import { AppModule } from './app.module.js';

describe('the application on Express', () => {
  let database: TestDatabase;
  let app: INestApplication | undefined;
  let url: string;

  before(async () => {
    database = await startTestDatabase();
    app = await NestFactory.create(
      AppModule.with(testOptions(database.url)),
      new ExpressAdapter(),
      { logger: false, abortOnError: false },
    );
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  after(async () => {
    await app?.close();
    await database.stop();
  });

  async function post(path: string, body: object, token?: string) {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  it('guards and validates its own routes, except public ones', async () => {
    const account = { email: 'ada@example.com', password: 'violet-Harbor-73-lantern' };
    const registered = await post('/api/auth/register', account);
    assert.equal(registered.status, 201);
    const token = String(registered.body['access_token']);
    const { id } = registered.body['user'] as { id: string };

    const quote = { text: 'Less, but better.' };
    assert.equal((await post('/quotes', quote)).body['code'], 'token_missing');
    assert.equal((await post('/quotes', { text: 1 }, token)).body['code'], 'validation_failed');
    const added = await post('/quotes', quote, token);
    assert.deepEqual(added, { status: 201, body: { id: 1, ...quote, addedBy: id } });
    assert.deepEqual(await (await fetch(`${url}/quotes`)).json(), [added.body]);

    await post('/api/auth/logout', {}, token).catch(() => undefined);
    assert.equal((await post('/quotes', quote, token)).body['code'], 'session_revoked');
  });

  it('has a data source of its own beside that of Evergreen', () => {
    const tablesOf = (name?: string) =>
      app
        ?.get<DataSource>(getDataSourceToken(name))
        .entityMetadatas.map(({ tableName }) => tableName);
    assert.deepEqual(tablesOf(), ['quotes']);
    assert.ok(tablesOf('evergreen')?.includes('sessions'));
    assert.ok(!tablesOf('evergreen')?.includes('quotes'));
  });
});
