import { expect, it } from 'vitest';
import { validate, version } from 'uuid';
import { orderedId } from '../../src/persistence/sql/ids.js';

it('Ids of one millisecond are in the order in which they were made, and begin with its time', () => {
  const time = Date.parse('2026-01-02T03:04:05.678Z');
  const ids = Array.from({ length: 5000 }, () => orderedId(time));
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) {
    expect([validate(id), version(id)]).toEqual([true, 7]);
    expect(parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(time);
  }
});
