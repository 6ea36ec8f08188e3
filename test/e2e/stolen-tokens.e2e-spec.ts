import fc from 'fast-check';
import { Api, outcomeOf, refreshTokenOf, type ApiResponse } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { BoundClient } from '../support/bound-client.js';
import { eventually } from '../support/eventually.js';
import { metricsOf } from '../support/metrics.js';
import { newEcKey, signProof } from '../support/possession.js';

/** What a thief can do with a token, once he has it: each gives the outcome of his refresh. */
interface Parties {
  readonly sessionId: string;
  /** The first token, which the thief has, too. */
  readonly stolen: string;
  victim(token: string): Promise<Turn>;
  thief(token: string): Promise<Turn>;
  /** By a logout; its outcome is `ended`, or the code of the refusal. */
  thiefEnds(token: string): Promise<Turn>;
}

interface Turn {
  readonly outcome: string;
  /** Undefined if the refresh was refused. */
  readonly token: string | undefined;
  readonly clearsCredentials: boolean;
}

// W1 to W4 of SECURITY.md: open for a session that is bound to nothing, closed for a bound one.
describe('a stolen refresh token', () => {
  let off: TestApp;
  let offered: TestApp;

  beforeAll(async () => {
    offered = await startApp({ env: { REFRESH_GRACE_SECONDS: '10' } });
    off = await startApp({ beside: offered, env: { SENDER_CONSTRAINT: 'off' } });
  });
  afterAll(async () => {
    await off.close();
    await offered.close();
  });

  type Response = Awaited<ReturnType<Api['refresh']>>;
  const turnOf = (response: Response): Turn => ({
    outcome: outcomeOf(response),
    token: response.body.refresh_token,
    clearsCredentials: response.body.clear_credentials ?? false,
  });

  const endOf = ({ status, body }: ApiResponse<object>): Turn => ({
    outcome: status === 204 ? 'ended' : body.code,
    token: undefined,
    clearsCredentials: status !== 204 && body.clear_credentials,
  });

  /** The thief copies the victim's device id and its proofs, but has no key. */
  async function unbound(hasFingerprint: boolean): Promise<Parties> {
    const device = new Api(off.url);
    const signedIn = await device.register();
    const thief = hasFingerprint ? device : device.anotherDevice();
    return {
      sessionId: signedIn.session_id,
      stolen: refreshTokenOf(signedIn),
      victim: async (token) => turnOf(await device.refresh(token)),
      thief: async (token) => turnOf(await thief.refresh(token)),
      thiefEnds: async (token) => endOf(await thief.call('POST', '/auth/logout', { token })),
    };
  }

  async function bound(): Promise<Parties> {
    const owner = new BoundClient(offered);
    const thief = new BoundClient(offered);
    const signedIn = await owner.register();
    let turns = 0;
    return {
      sessionId: signedIn.session_id,
      stolen: refreshTokenOf(signedIn),
      victim: async (token) => turnOf(await owner.refresh(token)),
      // With a proof of his own key, or with none.
      thief: async (token) => turnOf(await thief.refresh(token, turns++ % 2 ? {} : false)),
      thiefEnds: async (token) => {
        const proof = turns++ % 2 ? {} : false;
        return endOf(await thief.call('POST', '/auth/logout', { token, proof }));
      },
    };
  }

  async function expectRefused({ outcome, token, clearsCredentials }: Turn): Promise<void> {
    expect(outcome).toMatch(/^proof_(required|invalid)$/);
    expect({ token, clearsCredentials }).toEqual({ token: undefined, clearsCredentials: false });
  }

  /** At the thief's first try. */
  async function expectReported({ sessionId }: Parties): Promise<void> {
    const events = () =>
      offered.database.query<{ type: string }>(
        `SELECT type FROM security_events WHERE session_id = $1 AND type = 'proof_failed'`,
        [sessionId],
      );
    await eventually(async () => (await events()).length > 0);
  }

  describe('W1: whose thief has the fingerprint and stays within the grace', () => {
    it('is never detected where the session is bound to nothing', async () => {
      const { stolen, victim, thief } = await unbound(true);
      let token = stolen;
      for (let round = 0; round < 10; round++) {
        const own = await victim(token);
        const copy = await thief(token);
        expect([own.outcome, copy.outcome]).toEqual(['rotated', 'replayed']);
        token = own.token as string;
        off.clock.advance({ hours: 1 });
      }
    });

    it('is refused at the first try where the session is bound', async () => {
      const parties = await bound();
      let token = parties.stolen;
      for (let round = 0; round < 4; round++) {
        const own = await parties.victim(token);
        await expectRefused(await parties.thief(token));
        if (round === 0) await expectReported(parties);
        expect(own.outcome).toBe('rotated');
        token = own.token as string;
        offered.clock.advance({ hours: 1 });
      }
    });
  });

  describe('W2: that victim and thief present in turns, and never store what they get', () => {
    it('is never detected where the session is bound to nothing', async () => {
      const { stolen, victim, thief } = await unbound(false);
      for (let turn = 0; turn < 40; turn++) {
        const { outcome } = await (turn % 2 ? thief : victim)(stolen);
        expect(['rotated', 'reissued']).toContain(outcome);
        off.clock.advance({ hours: 6 });
      }
    });

    it('is refused at the first try where the session is bound', async () => {
      const parties = await bound();
      for (let turn = 0; turn < 10; turn++) {
        expect(['rotated', 'reissued']).toContain((await parties.victim(parties.stolen)).outcome);
        await expectRefused(await parties.thief(parties.stolen));
        if (turn === 0) await expectReported(parties);
        offered.clock.advance({ hours: 6 });
      }
    });
  });

  describe('W3: whose thief discards what he gets', () => {
    it('ends the session only after three changes of turn where it is bound to nothing', async () => {
      const { stolen, victim, thief } = await unbound(false);
      off.clock.advance({ hours: 1 });
      expect((await thief(stolen)).outcome).toBe('rotated');
      off.clock.advance({ hours: 1 });
      const own = await victim(stolen);
      expect(own.outcome).toBe('reissued');
      off.clock.advance({ hours: 1 });
      expect((await thief(stolen)).outcome).toBe('reissued');
      off.clock.advance({ hours: 1 });
      const next = await victim(own.token as string);
      expect(next.outcome).toBe('rotated');
      off.clock.advance({ hours: 1 });
      expect((await thief(stolen)).outcome).toBe('refresh_reuse_detected');
    });

    it('is refused at the first try where the session is bound', async () => {
      const parties = await bound();
      let token = parties.stolen;
      for (let round = 0; round < 4; round++) {
        await expectRefused(await parties.thief(parties.stolen));
        if (round === 0) await expectReported(parties);
        const own = await parties.victim(token);
        expect(own.outcome).toBe('rotated');
        token = own.token as string;
        offered.clock.advance({ hours: 1 });
      }
    });
  });

  describe('W4: that somebody finds when it is old', () => {
    async function useThrice({ stolen, victim }: Parties, app: TestApp): Promise<string> {
      let token = stolen;
      for (let round = 0; round < 3; round++) {
        token = (await victim(token)).token as string;
        app.clock.advance({ hours: 1 });
      }
      return token;
    }

    it('ends the session of its owner where that is bound to nothing', async () => {
      const parties = await unbound(false);
      const token = await useThrice(parties, off);
      expect((await parties.thief(parties.stolen)).outcome).toBe('refresh_reuse_detected');
      expect((await parties.victim(token)).outcome).toBe('session_revoked');
    });

    it('harms nobody where the session is bound', async () => {
      const parties = await bound();
      const token = await useThrice(parties, offered);
      for (let round = 0; round < 4; round++)
        await expectRefused(await parties.thief(parties.stolen));
      await expectReported(parties);
      expect((await parties.victim(token)).outcome).toBe('rotated');
    });

    it('ends the session of its owner by a logout where that is bound to nothing', async () => {
      const parties = await unbound(false);
      const token = await useThrice(parties, off);
      expect((await parties.thiefEnds(parties.stolen)).outcome).toBe('ended');
      expect((await parties.victim(token)).outcome).toBe('session_revoked');
    });

    it('harms nobody by a logout where the session is bound', async () => {
      const parties = await bound();
      const token = await useThrice(parties, offered);
      for (const stolen of [parties.stolen, token, parties.stolen, token])
        await expectRefused(await parties.thiefEnds(stolen));
      await expectReported(parties);
      expect((await parties.victim(token)).outcome).toBe('rotated');
    });
  });

  it('makes nobody delete their tokens, however its proof fails', async () => {
    const owner = new BoundClient(offered);
    const token = refreshTokenOf(await owner.register());
    const url = `${offered.url}/api/auth/refresh`;
    const nowMs = offered.clock.nowMs();
    const good = { method: 'POST', url, nowMs };
    const headers = [
      undefined,
      '',
      'nonsense',
      'a.b.c',
      signProof(newEcKey(), good),
      signProof(owner.key, { ...good, method: 'GET' }),
      signProof(owner.key, { ...good, url: `${url}/other` }),
      signProof(owner.key, { ...good, nowMs: nowMs - 3_600_000 }),
      signProof(owner.key, { ...good, nonce: 'A'.repeat(22), nowMs: 0 }),
      signProof(owner.key, { ...good, header: { typ: 'JWT' } }),
      signProof(owner.key, { ...good, header: { alg: 'none' } }),
      signProof(owner.key, { ...good, claims: { jti: undefined } }),
      `${signProof(owner.key, good)},${signProof(owner.key, good)}`,
      signProof(owner.key, good).slice(0, -2),
      'x'.repeat(5000),
    ];
    const before = await rowOf(token);
    for (const dpop of headers)
      for (const place of [{ body: { refresh_token: token } }, { token }]) {
        const { status, body } = await new Api(offered.url).call('POST', '/auth/refresh', {
          ...place,
          headers: dpop === undefined ? {} : { dpop },
        });
        expect({ dpop, status, clears: body.clear_credentials }).toEqual({
          dpop,
          status: 401,
          clears: false,
        });
        expect(body.code).toMatch(/^proof_/);
      }
    expect(await rowOf(token)).toEqual(before);
    expect(outcomeOf(await owner.refresh(token))).toBe('rotated');
    const metrics = await metricsOf(offered.url);
    expect(metrics.value('evergreen_failed_proofs_total{reason="other_key"}')).toBeGreaterThan(0);
  });

  it('makes nobody delete their tokens, and ends nothing, whatever comes as its proof', async () => {
    const owner = new BoundClient(offered);
    const token = refreshTokenOf(await owner.register());
    const url = `${offered.url}/api/auth/refresh`;
    const good = signProof(owner.key, { method: 'POST', url, nowMs: offered.clock.nowMs() });
    const mutations = fc
      .tuple(fc.nat(good.length - 1), fc.constantFrom('', 'A', 'z', '.', '=', '%', ' '))
      .map(([at, text]) => good.slice(0, at) + text + good.slice(at + 1))
      .filter((text) => text !== good);
    const texts = fc.string({ unit: 'grapheme-ascii', maxLength: 200 });
    const before = await rowOf(token);
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutations, texts), async (dpop) => {
        const { body } = await new Api(offered.url).call('POST', '/auth/refresh', {
          body: { refresh_token: token },
          headers: { dpop },
        });
        expect(body.code).toMatch(/^proof_/);
        expect(body.clear_credentials).toBe(false);
      }),
      { numRuns: 200 },
    );
    expect(await rowOf(token)).toEqual(before);
  });

  async function rowOf(token: string): Promise<unknown[]> {
    const { sid } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
      sid: string;
    };
    return offered.database.query(`SELECT * FROM sessions WHERE id = $1`, [sid]);
  }

  it('is answered to its owner as often as the same request arrives', async () => {
    const owner = new BoundClient(offered);
    const token = refreshTokenOf(await owner.register());
    const url = `${offered.url}/api/auth/refresh`;
    const dpop = signProof(owner.key, { method: 'POST', url, nowMs: offered.clock.nowMs() });
    const send = async () =>
      outcomeOf(
        await new Api(offered.url).call('POST', '/auth/refresh', {
          body: { refresh_token: token },
          headers: { dpop },
        }),
      );
    const outcomes = new Set<string>();
    for (let batch = 0; batch < 10; batch++)
      for (const outcome of await Promise.all(Array.from({ length: 30 }, send)))
        outcomes.add(outcome);
    for (const outcome of outcomes) expect(['rotated', 'replayed', 'reissued']).toContain(outcome);
  });
});
