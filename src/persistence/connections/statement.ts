import type { CustomTypesConfig, QueryResultRow } from 'pg';
import type { EntityManager } from 'typeorm';

/** SQL with its parameters. A name makes it a prepared statement, unless the connection goes through a pooler. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values?: unknown[];
  /** How values are parsed; the default is that of `pg`. */
  readonly types?: CustomTypesConfig;
}

/** The values of a row in PostgreSQL's text form. */
export type TextRow = (string | null)[];

/** A connection that runs SQL. Statements that are sent without waiting for each other run in this order. */
export interface Reader {
  /** Runs SQL: prepared statements, and what TypeORM can't express. */
  query<Row extends QueryResultRow>(statement: Statement): Promise<{ rows: Row[] }>;
  /**
   * Runs SQL and gives its rows one by one, as they come. Values stay in PostgreSQL's text form, in the order of the
   * columns.
   *
   * @param take returns whether it takes more rows. If it does not, the others are dropped, or the connection is cut off
   *   if they are many. Then a transaction that writes fails. One that only reads ends without a commit, and can send no
   *   further statement.
   */
  eachText(statement: Statement, take: (row: TextRow) => boolean): Promise<void>;
}

/** A connection inside a transaction. */
export interface Transaction extends Reader {
  /**
   * Reads and writes entities in this transaction. It refuses `save` and `remove`, which begin their own transaction.
   */
  readonly manager: EntityManager;
}
