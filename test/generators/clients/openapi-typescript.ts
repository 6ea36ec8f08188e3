/** The types of openapi-typescript, with openapi-fetch. */
import assert from 'node:assert/strict';
import createClient from 'openapi-fetch';
import type { components, paths } from '../generated/openapi-typescript.js';
import { API_URL, credentials } from './person.js';

/** The known codes are a type. A problem may have another code, which is a string. */
const NOT_SIGNED_IN: components['schemas']['ErrorCode'] = 'token_missing';

const api = createClient<paths>({ baseUrl: API_URL });

const { error: problem, response: rejected } = await api.GET('/api/users/me');
assert.equal(problem?.code, NOT_SIGNED_IN);
assert.match(rejected.headers.get('WWW-Authenticate') ?? '', /^Bearer /);

const { data: registered } = await api.POST('/api/auth/register', {
  body: { ...credentials, first_name: 'Ada' },
  params: { header: { 'X-Device-Id': 'openapi-typescript' } },
});
assert.ok(registered);
assert.equal(registered.user.email, credentials.email);

const { data: refreshed, response } = await api.POST('/api/auth/refresh', {
  headers: bearer(registered.refresh_token),
});
assert.ok(refreshed);
assert.equal(response.headers.get('X-Refresh-Outcome'), 'rotated');

const headers = bearer(refreshed.access_token);
const { data: me } = await api.GET('/api/users/me', { headers });
assert.equal(me?.first_name, 'Ada');
const query = { limit: 5 };
const { data: page } = await api.GET('/api/auth/events', { headers, params: { query } });
assert.equal(page?.events.at(-1)?.type, 'registered');
const { response: loggedOut } = await api.POST('/api/auth/logout', {
  body: { refresh_token: refreshed.refresh_token },
});
assert.equal(loggedOut.status, 204);

function bearer(token: string | undefined) {
  return { authorization: `Bearer ${token}` };
}
