// The numbers of the call of which something is shown, also when the fields that hold them are not shown.
import { NUMBER_FIELDS } from '../../numbers/json-pieces.js';

/** Under this name an entry of an answer carries them. It is no part of the JSON. */
export const CALL_NUMBERS = Symbol('the numbers of the call');

/** @param contents of the call of which `shown` tells something */
export function withCallNumbers<Shown extends object>(shown: Shown, contents: readonly object[]): Shown {
  const numbers = contents.flatMap((content) => {
    const fields = new Map<string, unknown>(Object.entries(content));
    return NUMBER_FIELDS.flatMap((name) => fields.get(name) ?? []);
  });
  return Object.assign(shown, { [CALL_NUMBERS]: numbers });
}

/** The texts that {@link withCallNumbers} has noted. */
export function callNumbersOf(shown: object): readonly string[] {
  const numbers: unknown = Reflect.get(shown, CALL_NUMBERS);
  return Array.isArray(numbers) ? numbers.filter((number) => typeof number === 'string') : [];
}
