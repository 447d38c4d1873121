import { Injectable } from '@nestjs/common';
import { NIL } from 'uuid';
import { Settings } from '../config/settings.js';
import { decodeIdCursor, encodeCursor } from '../http/parameters/cursor.js';
import { InvalidParametersException } from '../http/problems/refusals.js';
import { Database } from '../persistence/connections/database.js';
import { AuditLog } from '../security/audit/audit-log.js';
import type { Principal } from '../security/principal.js';
import type { DiscardResult } from './quarantine-bulk.dto.js';
import { DEFAULT_REPLAYED, type DiscardRequest } from './quarantine.dto.js';
import { type QuarantineFilter, QuarantineRepository } from './quarantine.repository.js';
import { receivedRange } from './quarantine.service.js';
import { namesEntries, WHICH } from './replay.service.js';

/** The most entries that one event of the audit names. */
const ENTRIES_A_STEP = 500;

/** Discards many entries of the quarantine. */
@Injectable()
export class DiscardService {
  constructor(
    private readonly settings: Settings,
    private readonly database: Database,
    private readonly quarantine: QuarantineRepository,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Marks open entries as not needed, oldest first. It works in steps, each of which is audited.
   *
   * @throws InvalidParametersException if the request names no entries, or a time or the cursor is not valid
   * @throws DatabaseUnavailableError the same request continues with the rest
   */
  async discard(request: DiscardRequest, asker: Principal): Promise<DiscardResult> {
    const { dryRun = false, limit = DEFAULT_REPLAYED, cursor, ids, source, deliveryId, reason } = request;
    if (!dryRun && !namesEntries(request)) throw new InvalidParametersException([WHICH]);
    const times = receivedRange(request, this.settings.pushTimeZone);
    const filter: QuarantineFilter = { ids, source, deliveryId, reason, ...times, status: ['open'] };
    let after = cursor === undefined ? NIL : decodeIdCursor(cursor, 'discard');
    let [taken, discarded] = [0, 0];
    while (taken < limit) {
      const step = await this.quarantine.idsAfter(
        filter,
        asker,
        after,
        Math.min(ENTRIES_A_STEP, limit - taken),
      );
      const last = step.at(-1);
      if (last === undefined) break;
      discarded += dryRun ? step.length : await this.step(step, asker);
      taken += step.length;
      after = last;
    }
    const rest = taken < limit ? [] : await this.quarantine.idsAfter(filter, asker, after, 1);
    const isWhole = rest.length === 0 && cursor === undefined;
    return {
      dryRun,
      discarded,
      notOpen: ids !== undefined && isWhole ? new Set(ids).size - discarded : 0,
      nextCursor: rest.length > 0 ? encodeCursor('discard', [after]) : null,
    };
  }

  private async step(ids: readonly string[], asker: Principal): Promise<number> {
    return this.database.transaction(async (transaction) => {
      const discarded = await this.quarantine.discardAll(transaction, ids);
      if (discarded.length === 0) return 0;
      const detail = { ids: discarded };
      const event = { action: 'quarantine.discarded', by: asker, detail, rows: discarded.length } as const;
      await this.audit.recordIn(transaction, event);
      return discarded.length;
    });
  }
}
