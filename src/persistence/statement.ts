import type { CustomTypesConfig, QueryResultRow } from 'pg';

/** A statement with its parameters; a name makes it a prepared one, where there is no pooler between. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values?: unknown[];
  /** How values are read; `pg`'s own ways when not given. */
  readonly types?: CustomTypesConfig;
}

/** A connection inside a transaction. */
export interface Transaction {
  query<Row extends QueryResultRow>(statement: Statement): Promise<{ rows: Row[] }>;
}
