// What the write path sends as arrays, PostgreSQL reads as the values that they were made from.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  type ArrayElement,
  binaryBytes,
  binaryInstants,
  plainText,
  quotedText,
} from '../../src/persistence/sql/array-parameters.js';
import { EARLIEST_MS, LATEST_MS } from '../../src/time/civil-time.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

const same = <Value>(value: Value): Value => value;

describe('arrays as parameters', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createDatabase('empty');
  });

  afterAll(() => database.drop());

  async function read(type: string, parameter: string | Buffer, shown = 't.element'): Promise<unknown[]> {
    const text = `SELECT ${shown} AS element FROM unnest($1::${type}[]) WITH ORDINALITY AS t(element, place) ORDER BY place`;
    return (await database.query<{ element: unknown }>(text, [parameter])).map(({ element }) => element);
  }

  it('keep texts, whatever is in them', async () => {
    const texts = fc.array(fc.oneof(fc.constant(null), fc.constant('NULL'), fc.string({ unit: 'grapheme' })));
    const storable = texts.map((all) => all.map((text) => text?.replaceAll('\0', '') ?? null));
    await fc.assert(
      fc.asyncProperty(storable, async (all) => {
        expect(await read('text', quotedText(all, same<ArrayElement>))).toEqual(all);
      }),
    );
    const signs = ['', ' ', '"', '\\', '{a,b}', '\\"', ',', '换行\n'];
    expect(await read('text', quotedText(signs, same<ArrayElement>))).toEqual(signs);
  });

  it('keep numbers and booleans', async () => {
    const numbers = [0, -1, null, 2_147_483_647];
    expect(await read('integer', plainText(numbers, same<ArrayElement>))).toEqual(numbers);
    const booleans = [true, false, null];
    expect(await read('boolean', plainText(booleans, same<ArrayElement>))).toEqual(booleans);
  });

  it('keep instants of every year to the millisecond', async () => {
    const instant = fc.integer({ min: EARLIEST_MS, max: LATEST_MS });
    const edges = [EARLIEST_MS, LATEST_MS, 0, -1, 946_684_799_999, 946_684_800_000, null];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(instant)), async (some) => {
        const all = [...edges, ...some];
        const shown = '(extract(epoch FROM t.element) * 1000)::bigint::text';
        const expected = all.map((epochMs) => (epochMs === null ? null : String(epochMs)));
        expect(await read('timestamptz', binaryInstants(all, same<number | null>), shown)).toEqual(expected);
      }),
    );
  });

  it('keep bytes', async () => {
    const all = [Buffer.from([0, 255, 92, 34]), Buffer.alloc(0), Buffer.alloc(70_000, 7)];
    expect(await read('bytea', binaryBytes(all, same<Buffer>))).toEqual(all);
  });

  it('may be empty', async () => {
    expect(await read('text', quotedText([], same<ArrayElement>))).toEqual([]);
    expect(await read('timestamptz', binaryInstants([], same<number | null>))).toEqual([]);
    expect(await read('bytea', binaryBytes([], same<Buffer>))).toEqual([]);
  });
});
