import { expect, it } from 'vitest';
import { isolated } from '../../console/charts/isolated.js';

it.each([
  ['alone', [0.5], [0]],
  ['between gaps, and at the ends', [1, null, 0, null, null, 2], [0, 2, 5]],
  ['none where a line leads to each', [1, 2, null, 0, 1], []],
  ['none where there is nothing', [null, null], []],
])('Values that stand alone: %s', (_name, values, places) => {
  expect(isolated(values)).toEqual(places);
});
