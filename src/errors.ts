import { errorCode } from '../platform/error-code.js';

/**
 * Returns an error's message and the messages of its causes. PostgreSQL's `detail` is left out: it quotes rows, and
 * rows hold telephone numbers. Messages of its data exceptions (SQLSTATE class 22) quote values too (`invalid input
 * syntax for type integer: "…"`), so the quoted part is replaced.
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

/**
 * Returns {@link errorText} and the stack frames. The first line of `stack` is left out, because it holds the whole
 * message.
 */
export function errorStack(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const frames = stack.split('\n').filter((line) => /^ +at /.test(line));
  return [errorText(error), ...frames].join('\n');
}

/**
 * Whether an error is a defect of the program, for which the stack matters, and not something that an operator can
 * correct.
 */
export function isFault(error: unknown): boolean {
  return [TypeError, RangeError, ReferenceError, SyntaxError].some((kind) => error instanceof kind);
}
