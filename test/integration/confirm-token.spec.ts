import fc from 'fast-check';
import { SessionStore } from '../../src/sessions/persistence/session.store.js';
import {
  decideRotation,
  type PresentedToken,
  type RotationState,
} from '../../src/sessions/policy/rotation.js';
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
});

const tokens: fc.Arbitrary<PresentedToken> = fc.record({
  generation: fc.integer({ min: 0, max: 4 }),
  key: fc.integer({ min: 1, max: 4 }),
  parentKey: fc.integer({ min: 0, max: 3 }),
  epoch: fc.integer({ min: 0, max: 1 }),
  fingerprint: fc.constantFrom('a', 'b'),
});

describe('the statement confirm_token', () => {
  let app: TestApp;
  let id: string;

  beforeAll(async () => {
    app = await startApp();
    id = (await new Api(app.url).register()).session_id;
  });
  afterAll(() => app.close());

  const readRow = async () => {
    const columns = `generation, generation_key AS "generationKey", next_key AS "nextKey", children, superseded,
      expires_at AS "expiresAt", last_used_at AS "lastUsedAt", version`;
    const [row] = await app.database.query<Row>(`SELECT ${columns} FROM sessions WHERE id = $1`, [
      id,
    ]);
    if (!row) throw new Error('the row is gone');
    return row;
  };

  it('writes what decideRotation decides where that is "rotated", and nothing where it is anything else', async () => {
    const store = app.nest.get(SessionStore, { strict: false });
    const seen = new Set<string>();

    await fc.assert(
      fc.asyncProperty(states, tokens, fc.boolean(), async (drawn, drawnToken, isLikely) => {
        const writtenAt = Date.now();
        const at = <T extends readonly [unknown, unknown, number]>(entry: T) => [
          entry[0],
          entry[1],
          writtenAt + entry[2],
        ];
        await app.database.query(
          `UPDATE sessions SET generation = $2, generation_key = $3, next_key = $4, children = $5, superseded = $6, epoch = $7,
             expires_at = $8, absolute_expires_at = $9, lifetime_seconds = $10, revoked_at = $11 WHERE id = $1`,
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
          ],
        );
        // Half of the tokens are such as the state was made for, or a rotation would be rare.
        const fitting = {
          generation: drawn.generation + 1,
          parentKey: drawn.generationKey,
          epoch: drawn.epoch,
        };
        const token = isLikely ? { ...drawnToken, ...fitting } : drawnToken;
        const read = await store.read(id);
        const before = await readRow();

        const confirmed = await store.confirm(id, token, POLICY.graceSeconds, null);

        const after = await readRow();
        const now = confirmed ? after.lastUsedAt.getTime() : (read?.now ?? 0);
        const decision = decideRotation(read?.state as RotationState, token, now, POLICY);
        seen.add(decision.kind);
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
      ]),
    );
  });
});
