import { Injectable } from '@nestjs/common';
import { NOTE_FIELDS } from '../../call/call-note.js';
import { RECORDING_FIELDS } from '../../call/call-recording.js';
import { VENDOR_FIELDS } from '../../call/call-record.js';
import { decodeCursor, encodeCursor } from '../../http/parameters/cursor.js';
import { DEFAULT_LIMIT, type Page, pageOf } from '../../http/parameters/page.js';
import type { SchemaDrift } from '../../persistence/schema/entities/delivery.entities.js';
import { Settings } from '../../config/settings.js';
import { instantOf } from '../../http/parameters/instant-text.js';
import { InvalidParametersException } from '../../http/problems/refusals.js';
import { NONE } from '../../numbers/own-numbers.js';
import { Database } from '../../persistence/connections/database.js';
import { AuditLog } from '../../security/audit/audit-log.js';
import { maskText } from '../../security/masking/text-mask.js';
import type { Principal } from '../../security/principal.js';
import type { AcknowledgeRequest, AcknowledgeResult } from './acknowledgement.dto.js';
import type { SchemaDriftDto, SchemaDriftQuery } from './schema-drift.dto.js';
import { type DriftFilter, type DriftPosition, SchemaDriftRepository } from './schema-drift.repository.js';

const KIND = 'schema-drift';

@Injectable()
export class SchemaDriftService {
  constructor(
    private readonly settings: Settings,
    private readonly database: Database,
    private readonly drift: SchemaDriftRepository,
    private readonly audit: AuditLog,
  ) {}

  /** @throws InvalidParametersException */
  async list({ limit = DEFAULT_LIMIT, cursor, ...filter }: SchemaDriftQuery): Promise<Page<SchemaDriftDto>> {
    const before = cursor === undefined ? undefined : positionOf(cursor);
    const rows = await this.drift.list(filter, before, limit + 1);
    const entries = rows.map(driftDto);
    return pageOf(entries, limit, (last) => cursorOf(entries.slice(0, limit), last, before));
  }

  /**
   * Marks open entries as seen.
   *
   * @throws InvalidParametersException if the request names no entries
   */
  async acknowledge(request: AcknowledgeRequest, asker: Principal): Promise<AcknowledgeResult> {
    const { kind, field, firstSeenTo: end, status, dryRun = false } = request;
    const isNamed = [kind, field, end, status].some((named) => named !== undefined);
    if (!dryRun && !isNamed) throw new InvalidParametersException([WHICH]);
    const zone = request.timeZone ?? this.settings.pushTimeZone;
    const firstSeenTo = end === undefined ? undefined : instantOf(end, zone);
    const filter: DriftFilter = { kind, field, firstSeenTo };
    const acknowledged = await this.database.transaction(async (transaction) => {
      if (dryRun) return this.drift.countOpen(transaction, filter);
      const rows = await this.drift.acknowledge(transaction, filter);
      const detail = { kind, field: field?.map((name) => maskText(name, NONE)), firstSeenTo: end };
      const event = { action: 'drift.acknowledged', by: asker, detail, rows } as const;
      if (rows > 0) await this.audit.recordIn(transaction, event);
      return rows;
    });
    return { dryRun, acknowledged };
  }
}

const WHICH = {
  path: '',
  message: 'must say which entries: kind, field, firstSeenTo, or {"status": "open"} for all open ones',
};

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

function documentedType(field: string): string | null {
  const documented = [...VENDOR_FIELDS, ...NOTE_FIELDS, ...RECORDING_FIELDS].filter(
    ({ name }) => name === field,
  );
  return documented.length === 0
    ? null
    : [...new Set(documented.map(({ jsonType }) => jsonType))].join(' or ');
}

function driftDto(drift: SchemaDrift): SchemaDriftDto {
  return {
    kind: drift.kind,
    field: drift.field,
    value: drift.value === '' ? null : drift.value,
    expected: documentedType(drift.field),
    firstSeenAt: drift.firstSeenAt.toISOString(),
    lastSeenAt: drift.lastSeenAt.toISOString(),
    count: drift.count,
    sampleDeliveryId: drift.sampleDeliveryId,
    acknowledgedAt: drift.acknowledgedAt?.toISOString() ?? null,
  };
}
