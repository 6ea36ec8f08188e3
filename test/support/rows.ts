import type { TestDatabase } from './database.js';

/** A row of any table, as text. */
export interface FoundRow {
  readonly table: string;
  readonly row: string;
}

/** All rows of all tables that contain one of these texts in a column of any type. */
export async function rowsWith(
  database: TestDatabase,
  texts: readonly string[],
): Promise<FoundRow[]> {
  const found: FoundRow[] = [];
  for (const table of await tablesOf(database)) {
    const rows = await database.query<{ row: string }>(
      `SELECT to_jsonb(t)::text AS row FROM "${table}" AS t`,
    );
    for (const { row } of rows)
      if (texts.some((text) => contains(row, text))) found.push({ table, row });
  }
  return found;
}

/** The names of all tables. */
export async function tablesOf(database: TestDatabase): Promise<string[]> {
  const tables = await database.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1`,
  );
  return tables.map(({ name }) => name);
}

/** In any case; as it is, and as the bytes of a `bytea`, which PostgreSQL writes in hexadecimal. */
function contains(row: string, text: string): boolean {
  const lower = row.toLowerCase();
  return lower.includes(text.toLowerCase()) || lower.includes(Buffer.from(text).toString('hex'));
}
