import { Injectable } from '@nestjs/common';
import { decodeCursor, encodeCursor } from '../../http/parameters/cursor.js';
import { DEFAULT_LIMIT, type Page, pageOf } from '../../http/parameters/page.js';
import type { SchemaDrift } from '../../persistence/schema/entities/delivery.entities.js';
import type { SchemaDriftDto, SchemaDriftQuery } from './schema-drift.dto.js';
import { type DriftPosition, SchemaDriftRepository } from './schema-drift.repository.js';

const KIND = 'schema-drift';

@Injectable()
export class SchemaDriftService {
  constructor(private readonly drift: SchemaDriftRepository) {}

  /** @throws InvalidParametersException */
  async list({ limit = DEFAULT_LIMIT, cursor, ...filter }: SchemaDriftQuery): Promise<Page<SchemaDriftDto>> {
    const before = cursor === undefined ? undefined : positionOf(cursor);
    const rows = await this.drift.list(filter, before, limit + 1);
    const entries = rows.map(driftDto);
    return pageOf(entries, limit, (last) => cursorOf(entries.slice(0, limit), last, before));
  }
}

/** @param before the position at which the page began */
function cursorOf(
  page: readonly SchemaDriftDto[],
  { firstSeenAt }: SchemaDriftDto,
  before: DriftPosition | undefined,
): string {
  const instant = Date.parse(firstSeenAt);
  const givenBefore = before?.firstSeenAt === instant ? before.given : 0;
  const given = givenBefore + page.filter((entry) => entry.firstSeenAt === firstSeenAt).length;
  return encodeCursor(KIND, [instant, given]);
}

function positionOf(cursor: string): DriftPosition {
  const [firstSeenAt, given] = decodeCursor(cursor, KIND, ['number', 'number']);
  return { firstSeenAt: Number(firstSeenAt), given: Math.max(0, Number(given)) };
}

function driftDto(drift: SchemaDrift): SchemaDriftDto {
  return {
    kind: drift.kind,
    field: drift.field,
    value: drift.value === '' ? null : drift.value,
    firstSeenAt: drift.firstSeenAt.toISOString(),
    lastSeenAt: drift.lastSeenAt.toISOString(),
    count: drift.count,
    sampleDeliveryId: drift.sampleDeliveryId,
  };
}
