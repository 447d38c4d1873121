// Records of PostgreSQL, beside the values that they are made of.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { RecordText } from '../../src/persistence/sql/record-text.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { recordOf } from '../support/records-of-rows.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase('empty');
});
afterAll(() => database.drop());

const PARTS = fc.constantFrom(
  '"',
  '\\',
  ',',
  '(',
  ')',
  ' ',
  '\n',
  '\t',
  '\u0001',
  '\u000b',
  '\u00a0',
  '打',
  '😀',
  'a',
  '1',
);
const VALUE = fc.option(
  fc.oneof(
    fc.array(PARTS, { maxLength: 8 }).map((parts) => parts.join('')),
    fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', '')),
  ),
);

function read(record: string, fields: number): (string | null)[] {
  const reader = new RecordText(fields);
  reader.read(record);
  return reader.texts();
}

describe('A record of PostgreSQL', () => {
  it('holds the values of its row', async () => {
    const rows = fc.sample(fc.array(VALUE, { minLength: 4, maxLength: 4 }), 500);
    const records = await database.query<{ record: string }>(
      `SELECT ROW(a, b, c, d)::text AS record
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS t(a, b, c, d, n) ORDER BY n`,
      [0, 1, 2, 3].map((place) => rows.map((row) => row[place] ?? null)),
    );
    for (const [index, row] of rows.entries()) {
      const record = records[index]?.record ?? '';
      expect(read(record, 4)).toEqual(row);
      // So tests without a database may write records themselves. White space beyond ASCII may be quoted or not.
      expect(read(recordOf(row), 4)).toEqual(row);
    }
  });

  it('is read after longer ones, and with values replaced', () => {
    const reader = new RecordText(3);
    reader.read(recordOf(['x'.repeat(3_000_000), null, '"']));
    expect(reader.text(0)).toHaveLength(3_000_000);
    reader.read(recordOf(['a', null, '']));
    reader.replace(2, 'long "quoted" \\ '.repeat(2000));
    reader.replace(0, '');
    expect(reader.texts()).toEqual(['', null, 'long "quoted" \\ '.repeat(2000)]);
    expect([0, 1, 2].map((index) => reader.isEmpty(index))).toEqual([true, true, false]);
  });

  it('is read as far as its first values', () => {
    const reader = new RecordText(3);
    reader.read('(a,"b c",broken', 2);
    expect([reader.text(0), reader.text(1)]).toEqual(['a', 'b c']);
  });

  it('is refused if it has more or fewer values, or no end', () => {
    for (const record of ['(a)', '(a,b,c)', '(a,b', '(a,"b', '(a,"b""', '', 'a,b)', '(a,"b"c)']) {
      expect(() => read(record, 2), record).toThrow('PostgreSQL returned a record that has not 2 values');
    }
    expect(read('(a,b)', 2)).toEqual(['a', 'b']);
  });
});
