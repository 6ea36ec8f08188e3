import fc from 'fast-check';
import { SessionStore, type StoredSession } from '../../src/sessions/persistence/session.store.js';
import { decideRotation, type PresentedToken, type RotationState } from '#protocol';
import { Api } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';

const POLICY = { rotationPolicy: 'confirm-on-use', graceSeconds: 10 } as const;
const FAR_MS = 3_600_000;

interface Row {
  generation: number;
  generationKey: number;
  nextKey: number;
  children: RotationState['children'];
  superseded: RotationState['superseded'];
  expiresAt: Date;
  lastUsedAt: Date;
  version: number;
}

/** A state of a row, with instants relative to now, in milliseconds. */
const states = fc.record({
  generation: fc.integer({ min: -1, max: 3 }),
  generationKey: fc.integer({ min: 0, max: 3 }),
  nextKey: fc.integer({ min: 1, max: 3 }),
  children: fc.array(
    fc.tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom('a', 'b'),
      fc.integer({ min: -20_000, max: 0 }),
    ),
    {
      maxLength: 3,
    },
  ),
  superseded: fc.array(
    fc.tuple(
      fc.integer({ min: -1, max: 3 }),
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: -20_000, max: 0 }),
    ),
    {
      maxLength: 70,
    },
  ),
  epoch: fc.integer({ min: 0, max: 1 }),
  expiresIn: fc.constantFrom(-FAR_MS, FAR_MS, FAR_MS, FAR_MS),
  absoluteExpiresIn: fc.constantFrom(FAR_MS, 100 * FAR_MS),
  lifetimeSeconds: fc.constantFrom(0.5, 7200),
  isRevoked: fc.constantFrom(false, false, false, true),
  keyThumbprint: fc.constantFrom(null, 'key'),
});

const tokens: fc.Arbitrary<PresentedToken> = fc.record({
  generation: fc.integer({ min: 0, max: 4 }),
  key: fc.integer({ min: 1, max: 4 }),
  parentKey: fc.integer({ min: 0, max: 3 }),
  epoch: fc.integer({ min: 0, max: 1 }),
  fingerprint: fc.constantFrom('a', 'b'),
  keyThumbprint: fc.constantFrom(null, 'key', 'other key'),
});

/** What a token is to the state: by chance alone, rotations and replays would be rare. */
const relations = fc.constantFrom('child', 'child', 'confirmed', 'none');

/** Whether the token is of the session's key; by chance alone, it would rarely be. */
const areOfSameKey = fc.constantFrom(true, true, true, true, false);

describe('the statement confirm_token', () => {
  let app: TestApp;
  let id: string;

  beforeAll(async () => {
    app = await startApp();
    id = (await new Api(app.url).register()).session_id;
  });
  afterAll(() => app.close());

  const readRow = async (ofSession = id) => {
    const columns = `generation, generation_key AS "generationKey", next_key AS "nextKey", children, superseded,
      expires_at AS "expiresAt", last_used_at AS "lastUsedAt", version`;
    const [row] = await app.database.query<Row>(`SELECT ${columns} FROM sessions WHERE id = $1`, [
      ofSession,
    ]);
    if (!row) throw new Error('the row is gone');
    return row;
  };

  it('writes what decideRotation decides where that is "rotated", and nothing where it is anything else', async () => {
    const store = app.nest.get(SessionStore, { strict: false });
    const seen = new Set<string>();

    await fc.assert(
      fc.asyncProperty(states, tokens, relations, areOfSameKey, async (...parts) => {
        const [drawn, drawnToken, relation, isOfSameKey] = parts;
        const writtenAt = Date.now();
        const at = <T extends readonly [unknown, unknown, number]>(entry: T) => [
          entry[0],
          entry[1],
          writtenAt + entry[2],
        ];
        await app.database.query(
          `UPDATE sessions SET generation = $2, generation_key = $3, next_key = $4, children = $5, superseded = $6, epoch = $7,
             expires_at = $8, absolute_expires_at = $9, lifetime_seconds = $10, revoked_at = $11, key_thumbprint = $12 WHERE id = $1`,
          [
            id,
            drawn.generation,
            drawn.generationKey,
            drawn.nextKey,
            JSON.stringify(drawn.children.map(at)),
            JSON.stringify(drawn.superseded.map(at)),
            drawn.epoch,
            new Date(writtenAt + drawn.expiresIn),
            new Date(writtenAt + drawn.absoluteExpiresIn),
            drawn.lifetimeSeconds,
            drawn.isRevoked ? new Date(writtenAt) : null,
            drawn.keyThumbprint,
          ],
        );
        const { generation, generationKey, epoch, keyThumbprint } = drawn;
        const related = {
          child: { generation: generation + 1, parentKey: generationKey, epoch },
          confirmed: { generation, key: generationKey, epoch },
          none: {},
        };
        const ofKey = isOfSameKey ? { keyThumbprint } : {};
        const token = { ...drawnToken, ...related[relation], ...ofKey };
        const read = await store.read(id);
        const before = await readRow();

        const confirmed = await store.confirm(id, token, POLICY.graceSeconds, null, true);

        const after = await readRow();
        const now = confirmed ? after.lastUsedAt.getTime() : (read?.now ?? 0);
        const decision = decideRotation(read?.state as RotationState, token, now, POLICY);
        seen.add('isOldToken' in decision ? 'old token' : decision.kind);
        expect({ decision, isConfirmed: confirmed !== undefined }).toEqual({
          decision,
          isConfirmed: decision.kind === 'rotated',
        });
        if (decision.kind === 'rotated') {
          expect(after).toMatchObject({
            ...decision.chain,
            expiresAt: new Date(decision.expiresAt),
            version: before.version + 1,
          });
          expect(confirmed?.expiresAt).toBe(decision.expiresAt);
        } else {
          expect(after).toEqual(before);
        }
      }),
      { numRuns: 500 },
    );
    expect([...seen]).toEqual(
      expect.arrayContaining([
        'rotated',
        'reissued',
        'replayed',
        'reused',
        'ended',
        'expired',
        'outdated',
        'old token',
      ]),
    );
  });

  it.each([
    [true, '127.0.0.1', true, null],
    [true, '127.0.0.2', true, '127.0.0.1'],
    [true, null, true, null],
    [false, '127.0.0.1', true, null],
    [false, '127.0.0.2', false, undefined],
    [false, null, false, undefined],
  ])(
    'with fromAnywhere %j and the address %j, after 127.0.0.1: %j, and tells %j',
    async (fromAnywhere, ip, isConfirmed, previousIp) => {
      const store = app.nest.get(SessionStore, { strict: false });
      const { session_id } = await new Api(app.url).register();
      const token = { generation: 0, key: 1, parentKey: 0, epoch: 0, fingerprint: 'a' };
      const confirmed = await store.confirm(session_id, token, 10, ip, fromAnywhere);
      expect([confirmed !== undefined, confirmed?.previousIp]).toEqual([isConfirmed, previousIp]);
    },
  );

  describe('keeps of the superseded tokens what decideRotation keeps', () => {
    let session: string;

    beforeAll(async () => (session = (await new Api(app.url).register()).session_id));

    /** What stands in the row, and what is to stand there, after its confirmed token's child is used. */
    const keptOf = async (superseded: RotationState['superseded'], graceSeconds: number) => {
      const store = app.nest.get(SessionStore, { strict: false });
      await app.database.query(`UPDATE sessions SET superseded = $2 WHERE id = $1`, [
        session,
        JSON.stringify(superseded),
      ]);
      const { state } = (await store.read(session)) as StoredSession;
      const { generation, generationKey: parentKey, epoch } = state;
      const token = { generation: generation + 1, key: 1, parentKey, epoch, fingerprint: 'a' };
      await store.confirm(session, token, graceSeconds, null, true);

      const after = await readRow(session);
      const now = after.lastUsedAt.getTime();
      const decision = decideRotation(state, token, now, { ...POLICY, graceSeconds });
      if (decision.kind !== 'rotated') throw new Error(decision.kind);
      return { kept: after.superseded, decided: decision.chain.superseded, now };
    };

    const inside = Array.from({ length: 70 }, (_, key) => [0, key, -1000] as const);
    const outside = Array.from({ length: 70 }, (_, key) => [1, key, -20_000] as const);

    it.each([0, 1, 2, 61, 62, 63, 64, 70])('the newest 63 of %i in the window', async (count) => {
      const wanted = inside.slice(0, count);
      // As they come; after a clock was set back; and one after the other.
      const lists = [
        wanted,
        [...outside, ...wanted],
        [...wanted, ...outside],
        wanted.flatMap((entry, place) => [outside[place] ?? entry, entry]),
      ];
      for (const list of lists) {
        const writtenAt = Date.now();
        const drawn = list.map(([of, key, at]) => [of, key, writtenAt + at] as const);
        const { kept, decided } = await keptOf(drawn, POLICY.graceSeconds);
        expect(kept).toEqual(decided);
        expect(kept.slice(0, -1).map(([, key]) => key)).toEqual(
          wanted.slice(-63).map(([, key]) => key),
        );
      }
    });

    it.each([10, 0.25, 10.0005, 9.9999, 0])(
      'to the fraction of a millisecond, with a grace of %p s',
      async (graceSeconds) => {
        const graceMs = graceSeconds * 1000;
        let ended = 0;
        for (let round = 0; round < 10; round++) {
          const latest = Date.now() - Math.round(graceMs * 2) / 2 + 90;
          const halves = Array.from(
            { length: 200 },
            (_, key) => [0, key, latest - key / 2] as const,
          );
          const { kept, decided, now } = await keptOf(halves, graceSeconds);
          expect(kept).toEqual(decided);
          ended += halves.filter(([, , at]) => Math.abs(at + graceMs - now) < 0.25).length;
        }
        // There was one whose window ended, as near as can be, when the statement ran.
        expect(ended).toBeGreaterThan(0);
      },
    );
  });
});
