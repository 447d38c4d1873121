// A question about what the vendor changed in, its answer out.
import { Injectable } from '@nestjs/common';
import { decodeCursor, encodeCursor } from '../../http/cursor.js';
import { type Page, pageOf } from '../../http/page.js';
import { DEFAULT_LIMIT } from '../../http/page.dto.js';
import type { SchemaDriftDto, SchemaDriftQuery } from './schema-drift.dto.js';
import { type DriftPosition, SchemaDriftRepository, type SchemaDriftRow } from './schema-drift.repository.js';

const KIND = 'schema-drift';

@Injectable()
export class SchemaDriftService {
  constructor(private readonly drift: SchemaDriftRepository) {}

  /** @throws InvalidParametersException */
  async list({ limit = DEFAULT_LIMIT, cursor, ...filter }: SchemaDriftQuery): Promise<Page<SchemaDriftDto>> {
    const before = cursor === undefined ? undefined : positionOf(cursor);
    const rows = await this.drift.list(filter, before, limit + 1);
    return pageOf(rows.map(driftDto), limit, cursorOf);
  }
}

function cursorOf({ firstSeenAt, kind, field, value }: SchemaDriftDto): string {
  return encodeCursor(KIND, [Date.parse(firstSeenAt), kind, field, value ?? '']);
}

function positionOf(cursor: string): DriftPosition {
  const position = decodeCursor(cursor, KIND, ['number', 'string', 'string', 'string']);
  const [firstSeenAt, kind, field, value] = position;
  return {
    firstSeenAt: Number(firstSeenAt),
    kind: String(kind),
    field: String(field),
    value: String(value),
  };
}

function driftDto(row: SchemaDriftRow): SchemaDriftDto {
  return {
    kind: row.kind,
    field: row.field,
    value: row.value === '' ? null : row.value,
    firstSeenAt: row.first_seen_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
    count: Number(row.count),
    sampleDeliveryId: row.sample_delivery_id,
  };
}
