// The calls of which an entry of an answer shows something, also where the fields for their numbers are not shown.

/** Under this name an entry carries the contents of its call. It is no part of the JSON. */
const CALLS = Symbol('contents of the call');

/** Has the numbers of these contents masked in `shown`, whatever they look like there. */
export function withCallNumbers<Shown extends object>(shown: Shown, contents: readonly object[]): Shown {
  return Object.assign(shown, { [CALLS]: contents });
}

/** What {@link withCallNumbers} has noted. */
export function callsOf(shown: object): readonly unknown[] {
  const contents: unknown = Reflect.get(shown, CALLS);
  return Array.isArray(contents) ? contents : [];
}
