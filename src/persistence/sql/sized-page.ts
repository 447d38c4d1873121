// Pages of lists whose rows may hold up to 30 MB each. Such a page ends early, so that the answer fits into memory.

/** The limit of a page without its last row, in bytes of text. */
const MOST_PAGE_BYTES = 16 * 1024 * 1024;
/**
 * The assumed number of bytes of text for each byte that PostgreSQL has compressed. With its pglz, a byte holds up to
 * 87 bytes of very repetitive text, and 3 bytes of usual JSON.
 */
const UNPACKED = 64;

/** The column that {@link sizedPage} adds to each row. */
export interface SizedRow {
  /**
   * Whether no further row fits. If the rows themselves become the answer, this field is set to undefined, which JSON
   * leaves out. Copies without the field would take 1.3 µs a row, of 5 µs in total.
   */
  is_full: boolean | undefined;
}

/**
 * SQL that estimates the size in bytes of a column of JSON, as text. To count exactly, PostgreSQL would have to
 * decompress every value.
 */
export function bytesOfJson(column: string): string {
  return `coalesce(pg_column_size(${column}) * CASE WHEN pg_column_compression(${column}) IS NULL THEN 1 ELSE ${UNPACKED} END, 0)`;
}

/**
 * SQL for a page: the first of the given rows, as many as fit into `mostBytes`, and at least one.
 *
 * @param columns what is selected of each row
 * @param rows a SELECT of all columns, with its own ORDER BY and LIMIT
 * @param size SQL for the bytes of a row
 * @param order the same order as that of `rows`, in the syntax of ORDER BY
 * @param mostBytes limit for all rows of the page but the last
 */
export function sizedPage(
  columns: string,
  rows: string,
  size: string,
  order: string,
  mostBytes = MOST_PAGE_BYTES,
): string {
  return `SELECT ${columns}, bytes_so_far >= ${mostBytes} AS is_full FROM (
      SELECT *, sum(row_bytes) OVER (ORDER BY ${order} ROWS UNBOUNDED PRECEDING) AS bytes_so_far
      FROM (SELECT *, ${size} AS row_bytes FROM (${rows}) AS page) AS measured
    ) AS sized WHERE bytes_so_far - row_bytes < ${mostBytes} ORDER BY ${order}`;
}

/**
 * Whether the limit on bytes ends the page. Then there may be more rows, or none: to know would need a count of all,
 * which takes a quarter of the time of a page of 10,000 calls.
 */
export function endsEarly(rows: readonly SizedRow[]): boolean {
  return rows.at(-1)?.is_full ?? false;
}
