/**
 * The `code` of an error of Node.js (`ENOENT`, `ERR_BUFFER_TOO_LARGE`) or of `pg` (an SQLSTATE); undefined for any other.
 *
 * Asks for the property, not for the class: the errors of Node.js's own modules are not of the class `Error` of
 * another realm, in which the tests run.
 */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
