/**
 * Writes a value as JSON that PostgreSQL's jsonb accepts. It accepts neither NUL nor half of a surrogate pair.
 * `JSON.stringify` writes both as escapes, which are replaced here.
 */
export function storableJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(/\\u(?:0000|d[89a-f][0-9a-f]{2})/g, '\\ufffd');
}
