/**
 * Returns the `code` of an error of Node.js (`ENOENT`, `ERR_BUFFER_TOO_LARGE`) or of `pg` (an SQLSTATE); undefined
 * for any other error.
 *
 * It checks the property, not the class: the tests run in another realm, in which errors of Node.js's own modules
 * are not instances of `Error`.
 */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
