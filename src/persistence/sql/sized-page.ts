// Lists whose rows may hold up to 30 MB each: their pages end early, so that an answer stays small enough to be held.

/** What a page holds at most, in bytes of text, besides its last row. */
const MOST_PAGE_BYTES = 16 * 1024 * 1024;
/**
 * How many bytes of text a byte that PostgreSQL has compressed stands for, at most: its pglz makes 87 of one of the most even
 * text, and 3 of one of usual JSON.
 */
const UNPACKED = 64;

/** The columns that {@link sizedPage} adds to each row. */
export interface SizedRow {
  /**
   * How many rows there are without the limit on bytes. Where the rows themselves are answered, it is set to undefined, which JSON
   * leaves out: copies without it take 1.3 µs a row, of 5.
   */
  found: number | undefined;
}

/** SQL for the bytes of a column of JSON, as text. They are estimated: to count them, PostgreSQL would have to unpack them all. */
export function bytesOfJson(column: string): string {
  return `coalesce(pg_column_size(${column}) * CASE WHEN pg_column_compression(${column}) IS NULL THEN 1 ELSE ${UNPACKED} END, 0)`;
}

/**
 * SQL for the first of some rows: as many as are not too large together, at least one.
 *
 * @param columns what is selected of each row
 * @param rows a SELECT of all columns, with its own ORDER BY and LIMIT
 * @param size SQL for the bytes of a row
 * @param order the same order, as in ORDER BY
 */
export function sizedPage(
  columns: string,
  rows: string,
  size: string,
  order: string,
  mostBytes = MOST_PAGE_BYTES,
): string {
  return `SELECT ${columns}, found::int FROM (
      SELECT *, sum(${size}) OVER (ORDER BY ${order}) - ${size} AS size_before, count(*) OVER () AS found
      FROM (${rows}) AS page
    ) AS sized WHERE size_before < ${mostBytes} ORDER BY ${order}`;
}

/** Whether the page holds fewer rows than there are. */
export function endsEarly(rows: readonly SizedRow[]): boolean {
  return rows.length < (rows[0]?.found ?? 0);
}
