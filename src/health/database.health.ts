import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { setTimeout as wait } from 'node:timers/promises';
import { DatabaseLifecycle } from '../persistence/database-lifecycle.js';
import { Database } from '../persistence/database.js';

const PATIENCE_MS = 2000;

/** Whether the database can take a push now. */
@Injectable()
export class DatabaseHealth {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly database: Database,
    private readonly lifecycle: DatabaseLifecycle,
  ) {}

  /** Up when the schema has been brought to its newest. */
  migrated(): HealthIndicatorResult {
    const indicator = this.indicators.check('schema');
    return this.lifecycle.migrated ? indicator.up() : indicator.down('The schema is not migrated yet');
  }

  async writable(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('database');
    if (!this.lifecycle.migrated) return indicator.down('The schema is not migrated yet');
    const answered = new AbortController();
    const late = wait(PATIENCE_MS, 'late' as const, { signal: answered.signal }).catch(() => 'late' as const);
    try {
      const answer = await Promise.race([this.isWritable(), late]);
      if (answer === 'late') return indicator.down(`The database has not answered for ${PATIENCE_MS} ms`);
      return answer ? indicator.up() : indicator.down('The database is read-only');
    } catch {
      // The reason is in the log; this answer is for anybody.
      return indicator.down('The database can not be reached');
    } finally {
      answered.abort();
    }
  }

  private async isWritable(): Promise<boolean> {
    const text = "SELECT current_setting('transaction_read_only') = 'off' AS writable";
    const [row] = await this.database.query<{ writable: boolean }>({ text });
    return row?.writable === true;
  }
}
