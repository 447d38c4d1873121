import type { ExportQuery } from './export-query.dto.js';

/** The name under which a client may save an export, such as `calls-from-2025-06-01-to-2025-06-02.csv`; ASCII. */
export function fileName({ format = 'csv', from, to }: ExportQuery): string {
  const begin = from === undefined ? '' : `-from-${nameable(from)}`;
  const end = to === undefined ? '' : `-to-${nameable(to)}`;
  return `calls${begin}${end}.${format}`;
}

/** A time's colons are no letters of file names, and its `+` may have come as a space. */
function nameable(time: string): string {
  return time.replaceAll(' ', '+').replaceAll(':', '');
}
