import { Api, PASSWORD, type ApiResponse } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { lastMail, UNDELIVERED } from '../support/mails.js';

const NEW_PASSWORD = 'copper-Meadow-58-anchor';

/** A revocation may be late by this much where notices are lost (refresh rules, section 4). */
const BOUND_MS = 5000;

const said = ({ status, body }: ApiResponse<object>): string => body.code || String(status);

describe('accounts by mail, on two instances', () => {
  let near: TestApp;
  let far: TestApp;

  beforeAll(async () => {
    near = await startApp({ env: UNDELIVERED });
    far = await startApp({ beside: near, env: UNDELIVERED });
  });
  afterAll(async () => {
    await far?.close();
    await near.close();
  });

  async function forgetful() {
    const api = new Api(near.url);
    const person = await api.register();
    await api.call('POST', '/auth/forgot-password', { body: { email: person.email } });
    return { api, person, mail: await lastMail(near, person.email, 'reset_password') };
  }

  const reset = (api: Api, token: string, new_password = NEW_PASSWORD) =>
    api.call('POST', '/auth/reset-password', { body: { token, new_password } });

  it('a reset ends the sessions on both', async () => {
    const { api, person, mail } = await forgetful();
    const distant = api.at(far.url);
    expect(said(await distant.me(person.access_token))).toBe('200');
    expect(said(await reset(api, mail.token))).toBe('204');
    expect(said(await api.me(person.access_token))).toBe('session_revoked');
    const isOver = async () => said(await distant.me(person.access_token)) === 'session_revoked';
    await eventually(isOver, { withinMs: BOUND_MS });
    expect(said(await distant.login(person.email))).toBe('invalid_credentials');
    expect(said(await reset(distant, mail.token))).toBe('link_invalid');
  });

  it('one token that is used on both at one moment sets one password', async () => {
    const { api, person, mail } = await forgetful();
    const sides = [api, api.at(far.url)];
    const responses = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const password = `${NEW_PASSWORD}-${index}`;
        return {
          password,
          answer: said(await reset(sides[index % 2] as Api, mail.token, password)),
        };
      }),
    );
    const won = responses.filter(({ answer }) => answer === '204');
    expect(won).toHaveLength(1);
    expect(responses.filter(({ answer }) => answer === 'link_invalid')).toHaveLength(19);
    const password = won[0]?.password ?? '';
    expect(said(await api.login(person.email, { password }))).toBe('200');
  });

  it('five attempts at a code are five on both together', async () => {
    const { api, person, mail } = await forgetful();
    const wrong = mail.code === '00000000' ? '00000001' : '00000000';
    const guess = (by: Api, code: string) =>
      by.call('POST', '/auth/reset-password', {
        body: { email: person.email, code, new_password: NEW_PASSWORD },
      });
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => guess(index % 2 ? api : api.at(far.url), wrong)),
    );
    for (const by of [api, api.at(far.url)])
      expect(said(await guess(by, mail.code))).toBe('code_invalid');
    expect(said(await api.login(person.email, { password: PASSWORD }))).toBe('200');
  });
});
