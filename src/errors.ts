import { errorCode } from '../platform/error-code.js';

/**
 * What an error says, with what caused it. PostgreSQL's `detail` is left out: it quotes rows, and rows hold numbers. So do the
 * messages of its data exceptions (class 22) that quote a value: `invalid input syntax for type integer: "…"`.
 */
export function errorText(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('message' in error)) return String(error);
  // A refused connection has an empty message; its addresses' errors are in `errors`.
  const parts = 'errors' in error && Array.isArray(error.errors) ? error.errors.map(errorText) : [];
  const message = String(error.message);
  const isOfData = /^22[0-9A-Z]{3}$/.test(errorCode(error) ?? '');
  const own = [isOfData ? message.replace(/".*"/s, '"…"') : message, ...parts]
    .filter((part) => part !== '')
    .join('; ');
  const cause = 'cause' in error && error.cause !== undefined ? ` (${errorText(error.cause)})` : '';
  return own + cause;
}

/** {@link errorText} and where it was thrown. (`stack` begins with the message as it is.) */
export function errorStack(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const frames = stack.split('\n').filter((line) => /^ +at /.test(line));
  return [errorText(error), ...frames].join('\n');
}

/** Whether an error is one of the program itself, whose place in the code matters, and not one that a person can mend. */
export function isFault(error: unknown): boolean {
  return [TypeError, RangeError, ReferenceError, SyntaxError].some((kind) => error instanceof kind);
}
