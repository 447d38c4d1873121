// Sends many rows to PostgreSQL in one statement, as one array for each column (`unnest`).
import {
  type ArrayElement,
  binaryBytes,
  binaryInstants,
  binaryJson,
  plainText,
  quotedText,
} from '../../persistence/sql/array-parameters.js';

/** A column of a set-based statement. */
export type ArrayColumn<Row> = {
  readonly name: string;
} & (
  | {
      /** The type of the array's elements. */
      readonly type: 'text' | 'uuid' | 'smallint' | 'integer' | 'bigint' | 'real' | 'boolean';
      readonly value: (row: Row) => ArrayElement;
    }
  | { readonly type: 'bytea'; readonly value: (row: Row) => Buffer }
  /** The value is JSON text. */
  | { readonly type: 'jsonb'; readonly value: (row: Row) => string | null }
  /** The value is in epoch milliseconds. */
  | { readonly type: 'timestamptz'; readonly value: (row: Row) => number | null }
);

/**
 * A column of instants.
 *
 * @param value returns epoch milliseconds
 */
export function instantColumn<Row>(name: string, value: (row: Row) => number | null): ArrayColumn<Row> {
  return { name, type: 'timestamptz', value };
}

/**
 * `(SELECT unnest($1::text[]) AS a, …) AS t`: the rows of arrays of the same length. `unnest($1, …)` in FROM stores
 * each array separately first. With it, PostgreSQL took 7 % longer for a row of calls.
 */
export function unnest(columns: readonly ArrayColumn<never>[], alias: string): string {
  const lists = columns.map(({ name, type }, index) => `unnest($${index + 1}::${type}[]) AS ${name}`);
  return `(SELECT ${lists.join(', ')}) AS ${alias}`;
}

/** The columns in a SELECT list: `t.a, t.b`. */
export function selected(columns: readonly ArrayColumn<never>[], alias: string): string {
  return columns.map((column) => `${alias}.${column.name}`).join(', ');
}

/** The parameters of {@link unnest}. */
export function arrays<Row>(columns: readonly ArrayColumn<Row>[], rows: readonly Row[]): (string | Buffer)[] {
  return columns.map((column) => {
    switch (column.type) {
      case 'timestamptz':
        return binaryInstants(rows, column.value);
      case 'bytea':
        return binaryBytes(rows, column.value);
      case 'jsonb':
        return binaryJson(rows, column.value);
      case 'text':
      case 'uuid':
        return quotedText(rows, column.value);
      default:
        return plainText(rows, column.value);
    }
  });
}

/** The names of the columns: `a, b`. */
export function names(columns: readonly ArrayColumn<never>[]): string {
  return columns.map((column) => column.name).join(', ');
}
