import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import { NIL } from 'uuid';
import { Settings } from '../config/settings.js';
import { InvalidParametersException } from '../http/problems/refusals.js';
import { decodeIdCursor, encodeCursor } from '../http/parameters/cursor.js';
import { isTransient } from '../ingestion/keeper.js';
import { type ReadableEntry, Replayer } from '../ingestion/replayer.js';
import type { QuarantineEntry } from '../persistence/schema/entities/delivery.entities.js';
import { type AuditEntry, AuditLog } from '../security/audit/audit-log.js';
import type { Principal } from '../security/principal.js';
import { DEFAULT_REPLAYED, type ReplayRequest, ReplayResult } from './quarantine.dto.js';
import { type QuarantineFilter, QuarantineRepository } from './quarantine.repository.js';
import { receivedRange } from './quarantine.service.js';

/** The most entries that are read and written in one transaction. */
const ENTRIES_A_STEP = 200;

/** The error for a request that names no entries. */
export const WHICH = {
  path: '',
  message:
    'must say which entries: ids, source, deliveryId, reason, receivedFrom, receivedTo, or {"status": "open"} for all open ones',
};

/** Replays entries of the quarantine. */
@Injectable()
export class ReplayService {
  constructor(
    private readonly settings: Settings,
    private readonly quarantine: QuarantineRepository,
    private readonly replayer: Replayer,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Reads open entries again, oldest first, and writes those that can be read now. It works in steps. If the database
   * becomes unavailable meanwhile, the replayed entries stay replayed, and the same request continues with the rest.
   *
   * @throws InvalidParametersException if the request names no entries, or a time or the cursor is not valid
   * @throws ServiceUnavailableException if a large entry cannot be read now
   * @throws DatabaseUnavailableError
   */
  async replay(request: ReplayRequest, asker: Principal): Promise<ReplayResult> {
    const { dryRun = false, limit = DEFAULT_REPLAYED, cursor, ids, source, deliveryId, reason } = request;
    if (!dryRun && !namesEntries(request)) throw new InvalidParametersException([WHICH]);
    const times = receivedRange(request, this.settings.pushTimeZone);
    const filter = { ids, source, deliveryId, reason, ...times, status: ['open'] };
    const result = emptyResult(dryRun);
    let after = cursor === undefined ? NIL : decodeIdCursor(cursor, 'replay');
    while (result.examined < limit) {
      const rows = await this.nextOpen(filter, asker, after, limit - result.examined);
      const last = rows.at(-1);
      if (last === undefined) break;
      await this.step(rows, result, asker);
      after = last.id;
    }
    const rest = result.examined < limit ? [] : await this.nextOpen(filter, asker, after, 1);
    if (rest.length > 0) result.nextCursor = encodeCursor('replay', [after]);
    else if (ids !== undefined && cursor === undefined) result.notOpen += new Set(ids).size - result.examined;
    return result;
  }

  private async nextOpen(
    filter: QuarantineFilter,
    asker: Principal,
    after: string,
    most: number,
  ): Promise<QuarantineEntry[]> {
    const limit = Math.min(ENTRIES_A_STEP, most);
    return (await this.quarantine.list(filter, asker, { after }, limit)).entries;
  }

  private async read(entry: QuarantineEntry): Promise<ReadableEntry | undefined> {
    try {
      return await this.replayer.read(entry);
    } catch (error) {
      if (!isTransient(error)) throw error;
      throw new ServiceUnavailableException('A large entry cannot be read now. Try again later.', {
        cause: error,
      });
    }
  }

  private async step(
    kept: readonly QuarantineEntry[],
    result: ReplayResult,
    asker: Principal,
  ): Promise<void> {
    const entries: (ReadableEntry | undefined)[] = [];
    for (const entry of kept) entries.push(await this.read(entry));
    const readable = entries.filter((entry) => entry !== undefined);
    result.examined += kept.length;
    result.unreadable += kept.length - readable.length;
    const outcomes = result.dryRun
      ? readable.map(() => 'replayed' as const)
      : await this.replayer.write(readable, (transaction, written) =>
          this.audit.recordIn(transaction, eventOf(written, asker)),
        );
    outcomes.forEach((outcome, index) => {
      result[outcome] += 1;
      if (outcome === 'replayed') result.calls += callsOf(readable[index]);
    });
  }
}

/** Whether the request names entries. A request that lost its body or its filter must not change everything. */
export function namesEntries(request: ReplayRequest): boolean {
  const { ids, source, deliveryId, reason, receivedFrom, receivedTo, status } = request;
  return [ids, source, deliveryId, reason, receivedFrom, receivedTo, status].some(
    (named) => named !== undefined,
  );
}

function eventOf(entries: readonly ReadableEntry[], by: Principal): AuditEntry {
  const ids = entries.map(({ id }) => id);
  return { action: 'quarantine.replayed', by, detail: { ids }, rows: ids.length };
}

function callsOf(entry: ReadableEntry | undefined): number {
  return entry?.read.calls.length ?? 0;
}

function emptyResult(dryRun: boolean): ReplayResult {
  return {
    dryRun,
    examined: 0,
    replayed: 0,
    calls: 0,
    unreadable: 0,
    refused: 0,
    notOpen: 0,
    nextCursor: null,
  };
}
