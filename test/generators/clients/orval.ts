/** The client of orval, which checks every response with zod, and throws problems. */
import assert from 'node:assert/strict';
import {
  getMe,
  listEvents,
  listSessions,
  logout,
  refresh,
  register,
  verify,
} from '../generated/orval/client.js';
import { ErrorCode, ProblemResponse } from '../generated/orval/schemas/index.js';
import { credentials } from './person.js';

const problem = await getMe().then(
  () => assert.fail('A request without a token was answered.'),
  (error: { info?: unknown }) => ProblemResponse.parse(error.info),
);
assert.equal(problem.code, ErrorCode.enum.token_missing);
// A later version of the server may have more codes.
ProblemResponse.parse({ ...problem, code: 'from_a_later_version' });

const { data: registered } = await register({ ...credentials, first_name: 'Ada' });
const { data, headers } = await refresh(undefined, bearer(registered.refresh_token));
assert.equal(headers.get('X-Refresh-Outcome'), 'rotated');
const { data: tokens } = await refresh({ refresh_token: data.refresh_token });

const options = bearer(tokens.access_token);
const { data: me } = await getMe(options);
assert.deepEqual([me.first_name, me.email], ['Ada', credentials.email]);
const { data: page } = await listEvents({ limit: 5 }, options);
assert.equal(page.events.at(-1)?.type, 'registered');
assert.equal((await listSessions({}, options)).data.sessions.length, 1);
assert.equal((await verify(options)).data.user.id, me.id);
assert.equal((await logout(undefined, options)).status, 204);

function bearer(token: string | undefined): RequestInit {
  return { headers: { authorization: `Bearer ${token}` } };
}
