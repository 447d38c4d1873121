// The whole database and the files of a folder in; every place where a number can still be read out. It knows nothing
// of how the service searches: it takes all that may part digits out of a text and looks for them.
import { readFileSync } from 'node:fs';
import type { TestDatabase } from '../support/database.js';
import { filesIn, unlessGone } from '../support/files.mjs';
import { unpacked } from './unpacked.js';

/** Tables that may keep what was received after the request are left out by the caller's `except`. */
export async function tracesInDatabase(
  database: Pick<TestDatabase, 'query'>,
  digits: string,
): Promise<string[]> {
  const columns = await database.query<{ table: string; column: string; type: string }>(
    `SELECT table_name AS table, column_name AS column, data_type AS type FROM information_schema.columns
      WHERE table_schema = 'public'`,
  );
  const traces: string[] = [];
  for (const { table, column, type } of columns) {
    const value = type === 'bytea' ? `"${column}"` : `"${column}"::text`;
    const rows = await database.query<{ value: Buffer | string | null }>(
      `SELECT ${value} AS value FROM "${table}" WHERE "${column}" IS NOT NULL`,
    );
    const found = rows.filter((row) => row.value !== null && holds(row.value, digits)).length;
    if (found > 0) traces.push(`${table}.${column}: ${found}`);
  }
  return traces;
}

export function tracesInFolder(folder: string, digits: string): string[] {
  return filesIn(folder).filter((path) => {
    const content = unlessGone(() => readFileSync(path));
    return content !== undefined && holds(content, digits);
  });
}

export function holds(value: Buffer | string, digits: string): boolean {
  const text = typeof value === 'string' ? value : unpacked(value).toString('latin1');
  const joined = text.replaceAll(/\\+u003([0-9])/g, '$1').replaceAll(/[\s()\u00a0\u00c2-]/g, '');
  return new RegExp(`(?<![0-9])(?:00)?(?:86)?0?${digits}(?![0-9])`).test(joined);
}
