// Rows in, one array per column out: how many rows go to PostgreSQL in one statement (`unnest`).
/** A column of a set-based statement. */
export interface ArrayColumn<Row> {
  readonly name: string;
  /** Type of the parameter's elements. */
  readonly type: string;
  readonly value: (row: Row) => unknown;
}

/** Instants go as epoch milliseconds: exact for any year, and much cheaper to read than a text with a zone. */
export function instantColumn<Row>(
  name: string,
  value: (row: Row) => number | null,
): ArrayColumn<Row> & { instant: true } {
  return { name, type: 'bigint', value, instant: true };
}

/** `unnest($1::text[], …) AS t(a, …)`. */
export function unnest(columns: readonly ArrayColumn<never>[], alias: string): string {
  const parameters = columns.map((column, index) => `$${index + 1}::${column.type}[]`);
  return `unnest(${parameters.join(', ')}) AS ${alias}(${columns.map((column) => column.name).join(', ')})`;
}

/** The columns as they are stored: instants made from their milliseconds. */
export function selected(columns: readonly ArrayColumn<never>[], alias: string): string {
  return columns
    .map((column) => ('instant' in column ? instant(`${alias}.${column.name}`) : `${alias}.${column.name}`))
    .join(', ');
}

/** The parameters of {@link unnest}. */
export function arrays<Row>(columns: readonly ArrayColumn<Row>[], rows: readonly Row[]): unknown[] {
  return columns.map((column) => rows.map((row) => column.value(row)));
}

export function names(columns: readonly ArrayColumn<never>[]): string {
  return columns.map((column) => column.name).join(', ');
}

/** In two steps: `double precision` loses milliseconds of far years. */
function instant(expression: string): string {
  return `to_timestamp(${expression} / 1000) + (${expression} % 1000) * interval '1 ms'`;
}
