import type { CustomTypesConfig, QueryResultRow } from 'pg';
import type { EntityManager } from 'typeorm';

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
  /** For entities. It runs every statement in this transaction. `save` and `remove` need a transaction of their own, and are refused. */
  readonly manager: EntityManager;
  /** For SQL: prepared statements, and what TypeORM has no words for. */
  query<Row extends QueryResultRow>(statement: Statement): Promise<{ rows: Row[] }>;
}
