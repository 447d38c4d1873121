import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Settings } from '../../config/settings.js';
import { InSpan } from '../../tracing/spans.js';
import { NOTHING } from './clients.js';
import { QueryServer, type ReadThenWrite } from './query-server.js';
import type { Transaction } from './statement.js';
import { isRetryable } from './unavailable.js';

const MOST_ATTEMPTS = 5;

/** The primary. All writes go here, and all reads that must be current. */
@Injectable()
export class Database extends QueryServer {
  constructor(@InjectDataSource() dataSource: DataSource, { databasePoolSize: poolSize }: Settings) {
    super(dataSource, poolSize, Math.max(1, Math.floor(poolSize / 2)));
  }

  /**
   * Runs `work` in one READ COMMITTED transaction and commits it. After a deadlock or a serialization failure, `work`
   * runs again from its start, so it must change nothing but the database.
   *
   * @throws DatabaseUnavailableError, or the error of `work`, after the rollback
   */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.transactionOnce({ lookUp: NOTHING, work });
      } catch (error) {
        if (attempt >= MOST_ATTEMPTS || !isRetryable(error)) throw error;
      }
    }
  }

  /**
   * Like {@link transaction}, for callers that retry themselves.
   *
   * @throws DatabaseUnavailableError, an error for which {@link isRetryable} is true, or the error of `work`, after the
   *   rollback
   */
  @InSpan('transaction')
  async transactionOnce<Found, T>(work: ReadThenWrite<Found, T>): Promise<T> {
    return this.writeTransaction(work);
  }
}
