// Questions in, answers out: of the replica when there is one to be asked, else of the primary.
import { Injectable } from '@nestjs/common';
import type { QueryResultRow } from 'pg';
import type { EntityManager } from 'typeorm';
import { Database } from './database.js';
import type { QueryServer } from './query-server.js';
import type { Statement, Transaction } from './statement.js';
import { Replica } from './replica.js';
import { DatabaseUnavailableError, QUERY_CANCELED, sqlState } from './unavailable.js';

/**
 * What the API's questions about the ledger are asked of. An answer may be as old as the replica is behind; whatever has to be
 * current, or is the ground of a write, asks {@link Database}. When the replica fails in the middle of a question, the
 * primary is asked the whole of it, so a question must do nothing but read.
 */
@Injectable()
export class ReadingDatabase {
  private fallenBack = 0;

  constructor(
    private readonly primary: Database,
    private readonly replica: Replica,
  ) {}

  /** Questions that were asked of the primary because the replica failed at them. */
  get fallbacks(): number {
    return this.fallenBack;
  }

  read<Row extends QueryResultRow>(statement: Statement): Promise<Row[]> {
    return this.ask((server) => server.read<Row>(statement));
  }

  /** What the replica does not have, it may not have yet: then the primary is asked. Nothing is said not to be there because of the lag. */
  find<Row extends QueryResultRow>(statement: Statement): Promise<Row | undefined> {
    return this.ask((server) => server.find<Row>(statement), isFound);
  }

  /**
   * As {@link read}, by TypeORM.
   *
   * @param work sends one statement
   */
  readEntities<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.ask((server) => server.readEntities(work));
  }

  /** As {@link readEntities} and as {@link find}. */
  findEntity<T>(work: (manager: EntityManager) => Promise<T | null>): Promise<T | null> {
    return this.ask((server) => server.readEntities(work), isFound);
  }

  /** As {@link read}, for several statements that must see the ledger at one moment. */
  readTogether<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.ask((server) => server.readTogether(work));
  }

  /** As {@link readTogether} and as {@link find}. */
  findTogether<T>(work: (transaction: Transaction) => Promise<T | undefined>): Promise<T | undefined> {
    return this.ask((server) => server.readTogether(work), isFound);
  }

  /**
   * Asks one server, and the primary when the other one could not answer.
   *
   * @param suffices whether an answer of the replica will do
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
 * The primary knows no conflicts with recovery (40001, 40P01), and has what a migration has made before the replica does (42…).
 * What took too long has had its time.
 */
function mayDoBetter(error: unknown): boolean {
  const reason = error instanceof DatabaseUnavailableError ? error.cause : error;
  if (sqlState(reason) === QUERY_CANCELED) return false;
  return error instanceof DatabaseUnavailableError || sqlState(error) !== undefined;
}
