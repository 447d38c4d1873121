import { Injectable } from '@nestjs/common';
import type { QueryResultRow } from 'pg';
import type { EntityManager } from 'typeorm';
import { Database } from './database.js';
import type { QueryServer } from './query-server.js';
import type { Statement, TextRow, Transaction } from './statement.js';
import { Replica } from './replica.js';
import { DatabaseUnavailableError, QUERY_CANCELED, sqlState } from './unavailable.js';

/**
 * Runs the queries of the API on the read replica if it is available, otherwise on the primary. An answer may be as old
 * as the replica's lag. Reads that must be current, or on which a write depends, use {@link Database}. If the replica
 * fails in the middle of a query, the whole query runs again on the primary, so it must only read.
 */
@Injectable()
export class ReadingDatabase {
  private fallenBack = 0;

  constructor(
    private readonly primary: Database,
    private readonly replica: Replica,
  ) {}

  /** How many queries ran on the primary because they failed on the replica. */
  get fallbacks(): number {
    return this.fallenBack;
  }

  read<Row extends QueryResultRow>(statement: Statement): Promise<Row[]> {
    return this.ask((server) => server.read<Row>(statement));
  }

  /** Like {@link read}. Values stay in PostgreSQL's text form, in the order of the columns. */
  readTexts(statement: Statement): Promise<TextRow[]> {
    return this.ask((server) => server.readTexts(statement));
  }

  /** Like {@link read}, for a single row. A row that the replica does not have yet is looked for on the primary. */
  find<Row extends QueryResultRow>(statement: Statement): Promise<Row | undefined> {
    return this.ask((server) => server.find<Row>(statement), isFound);
  }

  /** Like {@link readTexts}, and like {@link find}. */
  findTexts(statement: Statement): Promise<TextRow | undefined> {
    return this.ask(async (server) => (await server.readTexts(statement))[0], isFound);
  }

  /**
   * Like {@link read}, with TypeORM.
   *
   * @param work sends one statement
   */
  readEntities<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.ask((server) => server.readEntities(work));
  }

  /** Like {@link readEntities}, and like {@link find}. */
  findEntity<T>(work: (manager: EntityManager) => Promise<T | null>): Promise<T | null> {
    return this.ask((server) => server.readEntities(work), isFound);
  }

  /** Like {@link read}, for several statements that must see one snapshot of the ledger. */
  snapshot<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.ask((server) => server.snapshot(work));
  }

  /** Like {@link snapshot}, and like {@link find}. */
  findInSnapshot<T>(work: (transaction: Transaction) => Promise<T | undefined>): Promise<T | undefined> {
    return this.ask((server) => server.snapshot(work), isFound);
  }

  /**
   * Runs a query on the replica, and on the primary if the replica can't answer.
   *
   * @param suffices whether an answer of the replica is good enough
   * @throws DatabaseUnavailableError
   */
  async ask<T>(
    question: (server: QueryServer) => Promise<T>,
    suffices: (answer: T) => boolean = () => true,
  ): Promise<T> {
    const { asked } = this.replica;
    if (asked === undefined) return question(this.primary);
    try {
      const answer = await question(asked);
      if (suffices(answer)) return answer;
    } catch (error) {
      if (!mayDoBetter(error)) throw error;
      this.replica.noteFailure(error);
      this.fallenBack += 1;
    }
    return question(this.primary);
  }
}

function isFound(answer: unknown): boolean {
  return answer !== undefined && answer !== null;
}

/**
 * Whether the primary may succeed. It has no conflicts with recovery (40001, 40P01), and it has a migration's tables
 * before the replica has them (42…). A query that took too long is not repeated.
 */
function mayDoBetter(error: unknown): boolean {
  const reason = error instanceof DatabaseUnavailableError ? error.cause : error;
  if (sqlState(reason) === QUERY_CANCELED) return false;
  return error instanceof DatabaseUnavailableError || sqlState(error) !== undefined;
}
