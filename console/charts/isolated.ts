import type { Series } from './series.js';

/** The places of values with none on either side. */
export function isolated(values: Series['values']): number[] {
  const isThere = (index: number) => values[index] != null;
  return [...values.keys()].filter((index) => isThere(index) && !isThere(index - 1) && !isThere(index + 1));
}
