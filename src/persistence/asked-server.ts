import type { Client, QueryResultRow } from 'pg';
import type { Statement, Transaction } from './statement.js';

/** What a question is asked of. */
export interface Questions {
  /** @throws DatabaseUnavailableError */
  read<Row extends QueryResultRow>(statement: Statement): Promise<Row[]>;
  /** The first row, for questions about a single thing. */
  find<Row extends QueryResultRow>(statement: Statement): Promise<Row | undefined>;
}

/** A server that can be asked, one statement or many. */
export interface AskedServer extends Questions {
  /** For several statements that must see the ledger at one moment. */
  readTogether<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Not a question: does not wait behind those. */
  query<Row extends QueryResultRow>(statement: Statement): Promise<Row[]>;
  /** A connection beside the pool, which whoever asks for it ends. */
  connectApart(name: string): Promise<Client>;
}
