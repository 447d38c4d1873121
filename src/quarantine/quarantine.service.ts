import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { isUtf8 } from 'node:buffer';
import { validate as isUuid } from 'uuid';
import { bytesWithoutSignatures } from '../json/signed-urls.js';
import { Settings } from '../config/settings.js';
import { decodeIdCursor, encodeCursor, LAST_ID } from '../http/parameters/cursor.js';
import { instantOf } from '../http/parameters/instant-text.js';
import { DEFAULT_LIMIT, type Page, pageOf } from '../http/parameters/page.js';
import { Database } from '../persistence/connections/database.js';
import type { QuarantineEntry } from '../persistence/schema/entities/delivery.entities.js';
import { AuditLog } from '../security/audit/audit-log.js';
import type { Principal } from '../security/principal.js';
import { MOST_GROUPS, type QuarantineGroups } from './quarantine-bulk.dto.js';
import type { QuarantineEntryDto, QuarantineQuery, QuarantineSelection } from './quarantine.dto.js';
import { QuarantineRepository } from './quarantine.repository.js';

/** Lists, shows and discards entries of the quarantine. */
@Injectable()
export class QuarantineService {
  constructor(
    private readonly settings: Settings,
    private readonly database: Database,
    private readonly quarantine: QuarantineRepository,
    private readonly audit: AuditLog,
  ) {}

  /** @throws InvalidParametersException if a time or the cursor is not valid */
  async list(query: QuarantineQuery, asker: Principal): Promise<Page<QuarantineEntryDto>> {
    const { limit = DEFAULT_LIMIT, cursor, ...filter } = query;
    const before = cursor === undefined ? LAST_ID : decodeIdCursor(cursor, 'quarantine');
    const times = receivedRange(query, this.settings.pushTimeZone);
    const { entries, endsEarly } = await this.quarantine.list(
      { ...filter, ...times },
      asker,
      { before },
      limit + 1,
    );
    return pageOf(entries.map(entryDto), limit, (last) => encodeCursor('quarantine', [last.id]), endsEarly);
  }

  /**
   * Groups entries by cause.
   *
   * @throws InvalidParametersException if a time is not valid
   */
  async groups(query: QuarantineSelection, asker: Principal): Promise<QuarantineGroups> {
    const filter = { ...query, ...receivedRange(query, this.settings.pushTimeZone) };
    const groups = await this.quarantine.groups(filter, asker, MOST_GROUPS);
    const data = groups.map(({ reason, source, entries, first, last, id }) => ({
      ...{ reason, source, entries },
      firstReceivedAt: first.toISOString(),
      lastReceivedAt: last.toISOString(),
      id,
    }));
    return { data };
  }

  /** @throws NotFoundException if there is no entry with this id that the key may see */
  async find(id: string, asker: Principal): Promise<QuarantineEntryDto> {
    const entry = isUuid(id) ? await this.quarantine.find(id, asker) : null;
    if (entry === null) throw new NotFoundException('There is no entry with this id in the quarantine');
    return entryDto(entry);
  }

  /**
   * Marks an entry as not needed. It stays visible. If it is discarded already, nothing changes.
   *
   * @throws NotFoundException if there is no entry with this id that the key may see
   * @throws ConflictException if the entry was replayed
   */
  async discard(id: string, asker: Principal): Promise<QuarantineEntryDto> {
    if (isUuid(id)) {
      await this.database.transaction(async (transaction) => {
        if (!(await this.quarantine.discard(transaction.manager, id, asker))) return;
        const event = { action: 'quarantine.discarded', by: asker, detail: { id }, rows: 1 } as const;
        await this.audit.recordIn(transaction, event);
      });
    }
    const entry = await this.find(id, asker);
    if (entry.status !== 'discarded') throw new ConflictException(`The entry has been ${entry.status}`);
    return entry;
  }
}

/**
 * Converts a range to epoch milliseconds.
 *
 * @param range its times without an offset are in its own time zone
 * @param zone the time zone if the range has none
 */
export function receivedRange(
  range: { readonly receivedFrom?: string; readonly receivedTo?: string; readonly timeZone?: string },
  zone: string,
): { receivedFrom: number | undefined; receivedTo: number | undefined } {
  const time = (text: string | undefined) =>
    text === undefined ? undefined : instantOf(text, range.timeZone ?? zone);
  return { receivedFrom: time(range.receivedFrom), receivedTo: time(range.receivedTo) };
}

function entryDto(entry: QuarantineEntry): QuarantineEntryDto {
  const rawEncoding = isUtf8(entry.raw) ? 'utf8' : 'base64';
  return {
    id: entry.id,
    receivedAt: entry.receivedAt.toISOString(),
    source: entry.source,
    deliveryId: entry.deliveryId,
    place: entry.place,
    reason: entry.reason,
    records: entry.records,
    rawEncoding,
    raw: bytesWithoutSignatures(entry.raw).toString(rawEncoding),
    status: entry.status,
    resolvedAt: entry.resolvedAt?.toISOString() ?? null,
    replayedAs: entry.replayedAs,
  };
}
