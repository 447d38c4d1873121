import type { Query } from './route.js';

/** Whether the API's filters can be asked for this one value: they read commas as the ends of values, and trim each. */
export function isAskable(value: string): boolean {
  return !value.includes(',') && value.trim() === value;
}

/** Whether each filter of an address means one value as it stands. */
export function areAskable(query: Query): boolean {
  return Object.values(query).every((value) => value === undefined || isAskable(value));
}
