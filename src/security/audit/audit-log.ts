// Notes what somebody has done, as rows that nobody can change any more.
import { Injectable } from '@nestjs/common';
import { orderedId } from '../../persistence/sql/ids.js';
import { Database } from '../../persistence/connections/database.js';
import type { Transaction } from '../../persistence/connections/statement.js';
import { NONE } from '../../numbers/own-numbers.js';
import { maskText } from '../masking/text-mask.js';
import type { Principal } from '../principal.js';

/** An event, as it is reported. */
export interface AuditEntry {
  readonly action: AuditAction;
  /** Null: the service did it by itself. */
  readonly by: Principal | null;
  /** What was asked for, and what came of it. Never with a number that is not masked, nor a secret. */
  readonly detail: Readonly<Record<string, unknown>>;
  /** How many rows it concerns; null where nothing is counted. */
  readonly rows: number | null;
}

interface Waiting {
  readonly row: AuditRow;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** By the names of the columns. */
type AuditRow = Readonly<Record<string, unknown>>;

// One statement for any number of events, which is prepared once.
const INSERT = `INSERT INTO audit_events SELECT e.* FROM jsonb_populate_recordset(NULL::audit_events, $1::jsonb) AS e`;
const WRITE = { name: 'write-audit-events', text: INSERT };
// Not flushed before the answer, which would take a read several times as long: if PostgreSQL itself crashes, it forgets
// what was written in its last 0.6 s (three times wal_writer_delay).
const WRITE_SOON = {
  name: 'write-audit-events-soon',
  text: `${INSERT}, (SELECT set_config('synchronous_commit', 'off', true)) AS setting`,
};

/** The one way into audit_events. */
@Injectable()
export class AuditLog {
  private waiting: Waiting[] = [];
  private isWriting = false;

  constructor(private readonly database: Database) {}

  /**
   * Notes what was read. Whatever comes while a write is under way is written together, on one connection.
   *
   * @throws DatabaseUnavailableError
   */
  record(event: AuditEntry): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ row: rowOf(event), resolve, reject });
      if (!this.isWriting) void this.write();
    });
  }

  /** Notes a change, in its transaction: there is never the one without the other. */
  async recordIn(transaction: Transaction, event: AuditEntry): Promise<void> {
    await transaction.query({ ...WRITE, values: [jsonOf([rowOf(event)])] });
  }

  private async write(): Promise<void> {
    this.isWriting = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      try {
        await this.database.query({
          ...WRITE_SOON,
          values: [jsonOf(batch.map(({ row }) => row))],
        });
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.isWriting = false;
  }
}

/** PostgreSQL's jsonb takes no NUL and no half of a surrogate pair; `JSON.stringify` writes both as escapes. */
function jsonOf(rows: readonly AuditRow[]): string {
  return JSON.stringify(rows).replaceAll(/\\u(?:0000|d[89a-f][0-9a-f]{2})/g, '\\ufffd');
}

function rowOf({ action, by, detail, rows }: AuditEntry): AuditRow {
  const at = Date.now();
  return {
    id: orderedId(at),
    at: new Date(at).toISOString(),
    action,
    key_id: by?.keyId ?? null,
    // An erasure does not reach the audit.
    key_name: by === null ? null : maskText(by.name, NONE),
    remote_address: by?.remoteAddress ?? null,
    request_id: by?.requestId ?? null,
    detail,
    rows,
  };
}

/** What is accounted for. Names stay: they are in the ledger for ever. */
export const AUDIT_ACTIONS = [
  'numbers.read',
  'numbers.searched',
  'body.read',
  'export.begun',
  'export.ended',
  'key.created',
  'key.revoked',
  'quarantine.replayed',
  'quarantine.discarded',
  'erasure.requested',
  'erasure.done',
  'retention.done',
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];
