// A question about the quarantine in, its answer out.
import { Injectable, NotFoundException } from '@nestjs/common';
import { isUtf8 } from 'node:buffer';
import { validate as isUuid } from 'uuid';
import { decodeIdCursor, encodeCursor, LAST_ID } from '../http/cursor.js';
import { type Page, pageOf } from '../http/page.js';
import { DEFAULT_LIMIT } from '../http/page.dto.js';
import type { QuarantineEntryDto, QuarantineQuery } from './quarantine.dto.js';
import { QuarantineRepository, type QuarantineRow } from './quarantine.repository.js';

@Injectable()
export class QuarantineService {
  constructor(private readonly quarantine: QuarantineRepository) {}

  /** @throws InvalidParametersException */
  async list({
    limit = DEFAULT_LIMIT,
    cursor,
    ...filter
  }: QuarantineQuery): Promise<Page<QuarantineEntryDto>> {
    const before = cursor === undefined ? LAST_ID : decodeIdCursor(cursor, 'quarantine');
    const { rows, endsEarly } = await this.quarantine.list(filter, before, limit + 1);
    return pageOf(rows.map(entryDto), limit, (last) => encodeCursor('quarantine', [last.id]), endsEarly);
  }

  /** @throws NotFoundException */
  async find(id: string): Promise<QuarantineEntryDto> {
    const row = isUuid(id) ? await this.quarantine.find(id) : undefined;
    if (row === undefined) throw new NotFoundException('There is no entry with this id in the quarantine');
    return entryDto(row);
  }
}

function entryDto(row: QuarantineRow): QuarantineEntryDto {
  const rawEncoding = isUtf8(row.raw) ? 'utf8' : 'base64';
  return {
    id: row.id,
    receivedAt: row.received_at.toISOString(),
    source: row.source,
    deliveryId: row.delivery_id,
    place: row.place,
    reason: row.reason,
    rawEncoding,
    raw: row.raw.toString(rawEncoding),
    status: row.status,
  };
}
