import { Api, claimsOf, outcomeOf, PASSWORD, refreshTokenOf } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { BoundClient, type ProofChanges } from '../support/bound-client.js';
import { newEcKey } from '../support/possession.js';
import type { TokenResponse } from '../../src/auth/auth.dto.js';

const NEW_PASSWORD = 'copper-Meadow-58-anchor';

interface KeyChange {
  /** Of the key that the proof names as the next one. */
  readonly newThumbprint?: unknown;
  readonly proof?: ProofChanges;
}

const ROUTES = [
  ['/auth/reauthenticate', { current_password: PASSWORD }],
  ['/auth/change-password', { current_password: PASSWORD, new_password: NEW_PASSWORD }],
] as const;

describe('a new key of a bound session', () => {
  let app: TestApp;
  let owner: BoundClient;
  let next: BoundClient;

  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());
  beforeEach(() => {
    owner = new BoundClient(app);
    next = new BoundClient(app);
  });

  const send = (
    by: BoundClient,
    [path, body]: readonly [path: string, body: object],
    token: string,
    { newThumbprint = next.key.thumbprint, proof }: KeyChange = {},
  ) =>
    by.call<TokenResponse & { code?: string; clear_credentials?: boolean }>('POST', path, {
      token,
      body,
      proof: { claims: { new_jkt: newThumbprint }, ...proof },
    });
  const rowOf = async (id: string) =>
    app.database.query(`SELECT * FROM sessions WHERE id = $1`, [id]);

  describe.each(ROUTES)('by POST /api%s', (...route) => {
    it('comes with the next epoch, and binds its tokens', async () => {
      const before = await owner.register();
      const response = await send(owner, route, before.access_token);
      expect(response.status).toBe(200);
      expect(response.body).toMatchObject({
        token_type: 'DPoP',
        session_id: before.session_id,
      });
      const cnf = { jkt: next.key.thumbprint };
      const { epoch } = claimsOf(before.access_token) as { epoch: number };
      for (const token of [response.body.access_token, refreshTokenOf(response.body)])
        expect(claimsOf(token)).toMatchObject({ cnf, epoch: epoch + 1 });
      const refreshed = await next.refresh(refreshTokenOf(response.body));
      expect(outcomeOf(refreshed)).toBe('rotated');
      expect(claimsOf(refreshTokenOf(refreshed.body))).toMatchObject({ cnf });
      const again = await next.refresh(refreshTokenOf(response.body));
      expect(outcomeOf(again)).toBe('replayed');
    });

    it('makes the former key and its tokens worthless', async () => {
      const before = await owner.register();
      const { body } = await send(owner, route, before.access_token);
      const own = await owner.refresh(refreshTokenOf(body));
      expect(own.body).toMatchObject({ code: 'proof_invalid', clear_credentials: false });
      expect((await new Api(app.url).me(before.access_token)).status).toBe(401);
      const old = await owner.refresh(refreshTokenOf(before));
      expect(outcomeOf(old)).toMatch(/^(session_revoked|reauthentication_required)$/);
      expect(outcomeOf(await next.refresh(refreshTokenOf(body)))).toBe('rotated');
    });

    it('is named by the former key alone', async () => {
      const before = await owner.register();
      const row = await rowOf(before.session_id);
      const response = await send(next, route, before.access_token);
      expect(response.body).toMatchObject({ code: 'proof_invalid', clear_credentials: false });
      expect(await rowOf(before.session_id)).toEqual(row);
    });

    it.each([
      ['too short', 'A'.repeat(42)],
      ['too long', 'A'.repeat(44)],
      ['not in canonical base64url', `${'A'.repeat(42)}B`],
      ['padded', `${'A'.repeat(42)}=`],
      ['empty', ''],
      ['no text', 1],
      ['null', null],
      ['an object', { jkt: 'A'.repeat(43) }],
    ])('is refused where its thumbprint is %s', async (_what, newThumbprint) => {
      const before = await owner.register();
      const row = await rowOf(before.session_id);
      const response = await send(owner, route, before.access_token, { newThumbprint });
      expect(response.body).toMatchObject({ code: 'proof_invalid', clear_credentials: false });
      expect(await rowOf(before.session_id)).toEqual(row);
    });

    it.each(['good', 'bad', 'late'])(
      'is refused where the session is bound to none, by a proof that is %s',
      async (kind) => {
        const before = await new Api(app.url).register();
        const row = await rowOf(before.session_id);
        const [path, body] = route;
        const response = await owner.call('POST', path, {
          body,
          headers: { authorization: `Bearer ${before.access_token}` },
          proof: {
            claims: { new_jkt: next.key.thumbprint },
            ...(kind === 'bad' && { method: 'GET' }),
            ...(kind === 'late' && { nowMs: 0 }),
          },
        });
        expect(response.body).toMatchObject({ code: 'proof_invalid', clear_credentials: false });
        expect(await rowOf(before.session_id)).toEqual(row);
      },
    );

    it('is not taken where the password is wrong', async () => {
      const before = await owner.register();
      const [path, body] = route;
      const wrong = { ...body, current_password: 'wrong-Meadow-58-anchor' };
      const response = await owner.call('POST', path, {
        token: before.access_token,
        body: wrong,
        proof: { claims: { new_jkt: next.key.thumbprint } },
      });
      expect(response.body).toMatchObject({ code: 'current_password_invalid' });
      expect(outcomeOf(await owner.refresh(refreshTokenOf(before)))).toBe('rotated');
    });
  });

  it('does not come with a refresh, whatever its proof says', async () => {
    const before = await owner.register();
    const claims = { new_jkt: next.key.thumbprint };
    const response = await owner.refresh(refreshTokenOf(before), { claims });
    expect(outcomeOf(response)).toBe('rotated');
    expect(claimsOf(refreshTokenOf(response.body))).toMatchObject({
      cnf: { jkt: owner.key.thumbprint },
    });
  });

  it('does not come with a sign-in, which binds to the key of its proof', async () => {
    const { email } = await owner.register();
    const response = await owner.call<TokenResponse>('POST', '/auth/login', {
      body: { email, password: PASSWORD },
      proof: { claims: { new_jkt: next.key.thumbprint } },
    });
    expect(claimsOf(response.body.access_token)).toMatchObject({
      cnf: { jkt: owner.key.thumbprint },
    });
  });

  describe('whose response was lost', () => {
    const [reauthenticate, changePassword] = ROUTES;

    it('is got by the same request again, as often as needed: by reauthenticate', async () => {
      const before = await owner.register();
      await send(owner, reauthenticate, before.access_token);
      const refused = await owner.refresh(refreshTokenOf(before));
      expect(refused.body).toMatchObject({
        code: 'reauthentication_required',
        clear_credentials: false,
      });
      for (const token of [before.access_token, refreshTokenOf(before)]) {
        const { status, body } = await send(owner, reauthenticate, token);
        expect(status).toBe(200);
        expect(claimsOf(refreshTokenOf(body))).toMatchObject({
          cnf: { jkt: next.key.thumbprint },
        });
        expect(outcomeOf(await next.refresh(refreshTokenOf(body)))).toBe('rotated');
      }
    });

    it('ends in a sign-in after a change of password, as without a new key', async () => {
      const before = await owner.register();
      await send(owner, changePassword, before.access_token);
      const again = await send(owner, changePassword, before.access_token);
      expect(again.body).toMatchObject({ code: 'token_expired', clear_credentials: false });
      const refused = await owner.refresh(refreshTokenOf(before));
      expect(refused.body).toMatchObject({ code: 'session_revoked', clear_credentials: true });
      expect((await send(owner, reauthenticate, refreshTokenOf(before))).body).toMatchObject({
        code: 'session_revoked',
        clear_credentials: true,
      });
    });

    it.each([
      ['no new key', undefined],
      ['a third key', newEcKey().thumbprint],
      ['itself', 'own'],
    ])(
      'is refused to the former key that names %s: one sign-out, no loop',
      async (_what, named) => {
        const before = await owner.register();
        const { body } = await send(owner, reauthenticate, before.access_token);
        const new_jkt = named === 'own' ? owner.key.thumbprint : named;
        const response = await owner.call('POST', reauthenticate[0], {
          token: before.access_token,
          body: reauthenticate[1],
          proof: { claims: { new_jkt } },
        });
        expect(response.body).toMatchObject({ code: 'session_revoked', clear_credentials: true });
        expect(outcomeOf(await next.refresh(refreshTokenOf(body)))).toBe('rotated');
      },
    );

    it('is refused to the former key before the password is tried', async () => {
      const before = await owner.register();
      await send(owner, reauthenticate, before.access_token);
      const response = await owner.call('POST', reauthenticate[0], {
        token: before.access_token,
        body: { current_password: 'wrong-Meadow-58-anchor' },
      });
      expect(response.body).toMatchObject({ code: 'session_revoked' });
    });
  });

  it('may be named again and again, each by the one before it', async () => {
    const signedIn = await owner.register();
    let [holder, tokens] = [owner, signedIn as TokenResponse];
    for (let round = 0; round < 3; round++) {
      const follower = new BoundClient(app);
      const newThumbprint = follower.key.thumbprint;
      const response = await send(holder, ROUTES[0], tokens.access_token, { newThumbprint });
      expect(response.status).toBe(200);
      [holder, tokens] = [follower, response.body];
    }
    expect(outcomeOf(await holder.refresh(refreshTokenOf(tokens)))).toBe('rotated');
    const late = await send(owner, ROUTES[0], signedIn.access_token);
    expect(late.body).toMatchObject({ code: 'session_revoked' });
  });

  it('may be named for several times at once: one key wins, and has good tokens', async () => {
    const before = await owner.register();
    const followers = [new BoundClient(app), new BoundClient(app), new BoundClient(app)];
    const responses = await Promise.all(
      followers.map(({ key: { thumbprint: newThumbprint } }) =>
        send(owner, ROUTES[0], before.access_token, { newThumbprint }),
      ),
    );
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    for (const [index, { status, body }] of responses.entries())
      if (status === 200)
        expect(outcomeOf(await followers[index]!.refresh(refreshTokenOf(body)))).toBe('rotated');
      else expect(body).toMatchObject({ code: 'session_revoked' });
  });

  it('leaves a session that is bound to none without one, by a proof that names none', async () => {
    const { access_token } = await new Api(app.url).register();
    const response = await owner.call<TokenResponse>('POST', ROUTES[0][0], {
      body: ROUTES[0][1],
      headers: { authorization: `Bearer ${access_token}` },
    });
    expect(response.body.token_type).toBe('bearer');
  });
});
