import { DataSource } from 'typeorm';
import { isDatabaseOutage } from '../../src/platform/errors/index.js';
import { Primary, PrimaryClient, Statements } from '../../src/platform/database/index.js';
import { Api, outcomeOf, refreshTokenOf } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';

const READ = { name: 'read_shape', text: 'SELECT id, value FROM shapes WHERE id = $1' };
const WRITE = {
  name: 'write_shape',
  text: 'UPDATE shapes SET count = count + 1 WHERE id = $1 RETURNING id, value',
};

interface Shape {
  id: number;
  value: string | number;
}

/** More than an instance has connections, so that all of them prepare what is sent. */
const MANY = Array.from({ length: 60 }, (_, number) => number);

describe('a prepared statement', () => {
  let app: TestApp;
  let statements: Statements;
  let dataSource: DataSource;

  beforeAll(async () => {
    app = await startApp();
    statements = app.nest.get(Statements, { strict: false });
    dataSource = app.nest.get(DataSource, { strict: false });
  });
  afterAll(() => app.close());
  beforeEach(() => makeShapes());
  afterEach(() => app.database.query('DROP TABLE shapes'));

  const makeShapes = () =>
    app.database.query(`
      CREATE TABLE shapes (id integer PRIMARY KEY, value varchar(20), count integer NOT NULL DEFAULT 0);
      INSERT INTO shapes (id, value) SELECT id, id FROM generate_series(0, ${MANY.length - 1}) AS id`);
  const alter = (type: string) =>
    app.database.query(`ALTER TABLE shapes ALTER value TYPE ${type} USING value::${type}`);

  describe.each([
    { way: 'pipelines', isQuick: true },
    { way: 'pool', isQuick: false },
  ])('by the $way', ({ way, isQuick }) => {
    const run = (statement: typeof READ, id: number) =>
      statements.run<Shape>({ ...statement, isQuick }, [id]);
    const rowsOf = async (statement: typeof READ) =>
      (await Promise.all(MANY.map((id) => run(statement, id)))).flat();
    const asText = MANY.map((id) => ({ id, value: String(id) }));
    const asNumbers = MANY.map((id) => ({ id, value: id }));

    it.each([READ, WRITE])(
      'is prepared anew where what it returns is of another type by now: $name',
      async (statement) => {
        for (let round = 0; round < 3; round++) {
          expect(await rowsOf(statement)).toEqual(asText);
          expect(await rowsOf(statement)).toEqual(asText);
          await alter('integer');
          expect(await rowsOf(statement)).toEqual(asNumbers);
          expect(await rowsOf(statement)).toEqual(asNumbers);
          await alter('text');
        }
      },
    );

    it('is executed once, however often the type changes meanwhile', async () => {
      const changing = (async () => {
        for (let round = 0; round < 15; round++) await alter(round % 2 ? 'text' : 'integer');
      })();
      const ROUNDS = 30;
      for (let round = 0; round < ROUNDS; round++)
        expect((await rowsOf(WRITE)).map(({ value }) => Number(value))).toEqual(MANY);
      await changing;
      const [{ total } = { total: '' }] = await app.database.query<{ total: string }>(
        'SELECT sum(count) AS total FROM shapes',
      );
      expect(Number(total)).toBe(ROUNDS * MANY.length);
    });

    it('is prepared anew where its connection has lost it', async () => {
      await rowsOf(READ);
      await Promise.all(
        MANY.map(() => statements.run({ name: 'lose_all', text: 'DEALLOCATE ALL', isQuick }, [])),
      );
      expect(await rowsOf(READ)).toEqual(asText);
    });

    it('fails by what is wrong with it, each time, and succeeds once that is mended', async () => {
      await rowsOf(READ);
      await app.database.query('ALTER TABLE shapes RENAME TO forms');
      for (const statement of [READ, { name: `unknown_${way}`, text: `${READ.text} LIMIT 1` }]) {
        const failures = await Promise.allSettled(MANY.map((id) => run(statement, id)));
        expect(
          new Set(failures.map((failed) => failed.status === 'rejected' && failed.reason.code)),
        ).toEqual(new Set(['42P01']));
      }
      await app.database.query('ALTER TABLE forms RENAME TO shapes');
      expect(await rowsOf(READ)).toEqual(asText);
      expect(await rowsOf({ name: `unknown_${way}`, text: `${READ.text} LIMIT 1` })).toEqual(
        asText,
      );
    });
  });

  it('is refused once within a transaction, by an error that says "try again"', async () => {
    const transact = () => dataSource.transaction((manager) => statements.run(READ, [1], manager));
    const outcomes = async () => {
      const settled = await Promise.allSettled(MANY.map(transact));
      return settled.map((one) =>
        one.status === 'fulfilled'
          ? one.value
          : isDatabaseOutage(one.reason)
            ? 'outage'
            : one.reason,
      );
    };
    expect((await outcomes()).flat()).toEqual(MANY.map(() => ({ id: 1, value: '1' })));
    await alter('integer');
    expect(await outcomes()).toContain('outage');
    expect((await outcomes()).flat()).toEqual(MANY.map(() => ({ id: 1, value: 1 })));
  });

  it('does not end a refresh where a column of users changes its type', async () => {
    const api = new Api(app.url);
    let token = refreshTokenOf(await api.register());
    for (const type of ['varchar(100)', 'varchar(200)', 'text']) {
      for (let round = 0; round < 5; round++) {
        const response = await api.refresh(token);
        expect(outcomeOf(response)).toBe('rotated');
        token = refreshTokenOf(response.body);
      }
      await app.database.query(`ALTER TABLE users ALTER first_name TYPE ${type}`);
    }
  });

  describe('on one connection', () => {
    let client: PrimaryClient;
    let descriptions: number;

    beforeEach(async () => {
      client = new PrimaryClient({ primary: new Primary(app.database.url) });
      await client.connect();
      descriptions = 0;
      client.connection.on('rowDescription', () => descriptions++);
    });
    afterEach(() => client.end());

    it('has its columns described once, and its rows read as any other', async () => {
      const text = `SELECT $1::text AS text, NULL AS nothing, 1.5::float8 AS number, 7::bigint AS big, true AS yes,
        '[1, null]'::jsonb AS json, ARRAY['a', 'b'] AS list, '2025-11-20 12:00Z'::timestamptz AS at, '\\x00ff'::bytea AS bytes
        FROM generate_series(1, 2)`;
      const plain = await client.query({ text, values: ['x'] });
      for (let round = 0; round < 4; round++) {
        const { rows, rowCount, fields, command } = await client.query({
          name: 'all_kinds',
          text,
          values: ['x'],
        });
        expect({ rows, rowCount, fields, command }).toEqual({
          rows: plain.rows,
          rowCount: 2,
          fields: plain.fields,
          command: 'SELECT',
        });
      }
      expect(descriptions).toBe(2);
    });

    it('may return nothing', async () => {
      const write = { name: 'write_nothing', text: 'UPDATE shapes SET value = $1', values: ['x'] };
      for (let round = 0; round < 3; round++)
        expect(await client.query(write)).toMatchObject({ rows: [], rowCount: MANY.length });
    });

    it('is described each time where it has no name', async () => {
      for (let round = 0; round < 3; round++)
        await client.query({ text: READ.text, values: [round] });
      expect(descriptions).toBe(3);
    });
  });
});
