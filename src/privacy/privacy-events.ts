import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../persistence/connections/database.js';
import type { Transaction } from '../persistence/connections/statement.js';
import { AuditLog } from '../security/audit/audit-log.js';
import type { Principal } from '../security/principal.js';
import type { ErasedCounts } from './erasure/erasure-job.js';
import type { Retained } from './retention/retention.repository.js';

/** Writes erasures and retention runs to the log and to the audit. It never writes a phone number. */
@Injectable()
export class PrivacyEvents {
  private readonly logger = new Logger('Privacy');

  constructor(
    private readonly database: Database,
    private readonly audit: AuditLog,
  ) {}

  /**
   * @param numberHash keyed hash of the number; with the database's secret, it shows later whether it was this number
   */
  async erasureRequested(
    transaction: Transaction,
    erasureId: string,
    numberHash: Buffer,
    by: Principal,
  ): Promise<void> {
    const detail = { erasureId, numberHash: numberHash.toString('hex') };
    await this.audit.recordIn(transaction, { action: 'erasure.requested', by, detail, rows: null });
    this.logger.log({ outcome: 'erasure requested', erasureId, requestId: by.requestId });
  }

  async erasureDone(transaction: Transaction, erasureId: string, counts: ErasedCounts): Promise<void> {
    const event = { action: 'erasure.done', by: null, detail: { erasureId, ...counts } } as const;
    await this.audit.recordIn(transaction, { ...event, rows: sumOf(counts) });
    this.logger.log({ outcome: 'erasure done', erasureId, ...counts });
  }

  /** Writes nothing if the run deleted nothing. */
  async retentionDone(counts: Retained): Promise<void> {
    const rows = sumOf(counts);
    if (rows === 0) return;
    this.logger.log({ outcome: 'retention done', ...counts });
    const event = { action: 'retention.done', by: null, detail: { ...counts }, rows } as const;
    await this.database.transaction((transaction) => this.audit.recordIn(transaction, event));
  }
}

function sumOf(counts: ErasedCounts | Retained): number {
  let sum = 0;
  for (const count of Object.values<number>({ ...counts })) sum += count;
  return sum;
}
