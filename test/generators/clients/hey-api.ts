/** The client of @hey-api/openapi-ts, which takes its tokens from a function. */
import assert from 'node:assert/strict';
import {
  getMe,
  listEvents,
  login,
  logout,
  refresh,
  register,
  type ErrorCode,
  type TokenResponse,
} from '../generated/hey-api/index.js';
import { client } from '../generated/hey-api/client.gen.js';
import { API_URL, credentials } from './person.js';

/** The known codes are a type. A problem may have another code, which is a string. */
const NOT_SIGNED_IN: ErrorCode = 'token_missing';

let tokens: TokenResponse | undefined;
client.setConfig({
  baseUrl: API_URL,
  auth: ({ key, in: place }) => {
    if (place === 'cookie') return undefined;
    return key === 'refresh_token' ? tokens?.refresh_token : tokens?.access_token;
  },
});

const { error: problem } = await getMe();
assert.equal(problem?.code, NOT_SIGNED_IN);

await register({ body: { ...credentials, first_name: 'Ada' }, throwOnError: true });
tokens = (await login({ body: credentials, throwOnError: true })).data;
const { data, response } = await refresh({ throwOnError: true });
assert.equal(response.headers.get('X-Refresh-Outcome'), 'rotated');
assert.notEqual(data.refresh_token, tokens.refresh_token);
tokens = data;

// Simpler, and as right: the access token wherever one is asked for, the refresh token in the body.
const auth = () => tokens?.access_token;
const body = { refresh_token: tokens.refresh_token };
const second = await refresh({ auth, body, throwOnError: true });
assert.equal(second.response.headers.get('X-Refresh-Outcome'), 'rotated');
tokens = second.data;

const { data: me } = await getMe({ auth, throwOnError: true });
assert.deepEqual([me.first_name, me.email], ['Ada', credentials.email]);
const { data: page } = await listEvents({ query: { limit: 5 }, throwOnError: true });
assert.equal(page.events.at(-1)?.type, 'registered');
const { response: loggedOut } = await logout({ throwOnError: true });
assert.equal(loggedOut.status, 204);
