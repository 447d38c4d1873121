import { Injectable } from '@nestjs/common';
import { storableJson } from '../../persistence/sql/storable-json.js';
import { orderedId } from '../../persistence/sql/ids.js';
import { Database } from '../../persistence/connections/database.js';
import type { Transaction } from '../../persistence/connections/statement.js';
import { NONE } from '../../numbers/own-numbers.js';
import { maskText } from '../masking/text-mask.js';
import type { Principal } from '../principal.js';

/** An event to write. */
export interface AuditEntry {
  readonly action: AuditAction;
  /** Null if the service itself did it. */
  readonly by: Principal | null;
  /** The request and its result. It must hold no unmasked phone number and no secret. */
  readonly detail: Readonly<Record<string, unknown>>;
  /** The number of rows concerned; null if nothing is counted. */
  readonly rows: number | null;
}

interface Waiting {
  readonly row: AuditRow;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Values by the names of the columns. */
type AuditRow = Readonly<Record<string, unknown>>;

// One prepared statement for any number of events.
const INSERT = `INSERT INTO audit_events SELECT e.* FROM jsonb_populate_recordset(NULL::audit_events, $1::jsonb) AS e`;
const WRITE = { name: 'write-audit-events', text: INSERT };
// PostgreSQL does not flush this write before the answer, because that would make a read several times slower. If
// PostgreSQL itself crashes, it loses what was written in its last 0.6 s (three times wal_writer_delay).
const WRITE_SOON = {
  name: 'write-audit-events-soon',
  text: `${INSERT}, (SELECT set_config('synchronous_commit', 'off', true)) AS setting`,
};

/** Writes audit events. Nothing else writes into the table audit_events, and nobody can change its rows. */
@Injectable()
export class AuditLog {
  private waiting: Waiting[] = [];
  private isWriting = false;

  constructor(private readonly database: Database) {}

  /**
   * Records a read. Events that arrive during a write are written together, on one connection.
   *
   * @throws DatabaseUnavailableError
   */
  record(event: AuditEntry): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ row: rowOf(event), resolve, reject });
      if (!this.isWriting) void this.write();
    });
  }

  /** Records a change in the transaction of the change, so that neither exists without the other. */
  async recordIn(transaction: Transaction, event: AuditEntry): Promise<void> {
    await transaction.query({ ...WRITE, values: [storableJson([rowOf(event)])] });
  }

  private async write(): Promise<void> {
    this.isWriting = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      try {
        await this.database.query({
          ...WRITE_SOON,
          values: [storableJson(batch.map(({ row }) => row))],
        });
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.isWriting = false;
  }
}

function rowOf({ action, by, detail, rows }: AuditEntry): AuditRow {
  const at = Date.now();
  return {
    id: orderedId(at),
    at: new Date(at).toISOString(),
    action,
    key_id: by?.keyId ?? null,
    // Erasures do not change the audit, so numbers in the name are masked.
    key_name: by === null ? null : maskText(by.name, NONE),
    remote_address: by?.remoteAddress ?? null,
    request_id: by?.requestId ?? null,
    detail,
    rows,
  };
}

/** The actions that are recorded. Their names must never change, because the ledger keeps them for ever. */
export const AUDIT_ACTIONS = [
  'numbers.read',
  'numbers.searched',
  'body.read',
  'conversation.read',
  'recording.read',
  'export.begun',
  'export.ended',
  'key.created',
  'key.revoked',
  'quarantine.replayed',
  'quarantine.discarded',
  'drift.acknowledged',
  'erasure.requested',
  'erasure.done',
  'retention.done',
  'session.begun',
  'session.ended',
  'session.refused',
  'label.changed',
  'check.requested',
  'repair.requested',
  'repair.done',
  'webhook.created',
  'webhook.changed',
  'webhook.secretRotated',
  'webhook.rewound',
  'webhook.deleted',
  'webhook.sent',
  'follower.deleted',
] as const;

type AuditAction = (typeof AUDIT_ACTIONS)[number];
