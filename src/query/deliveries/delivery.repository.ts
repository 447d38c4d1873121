// The reads of deliveries and delivery_bodies.
import { Injectable } from '@nestjs/common';
import { firstIdOf } from '../../persistence/first-id.js';
import { ReadingDatabase } from '../../persistence/reading-database.js';
import { isOfSources, SqlConditions, type Viewer } from '../../persistence/sql-conditions.js';

export interface DeliveryRow {
  readonly id: string;
  readonly source: string;
  readonly received_at: Date;
  readonly remote_address: string | null;
  readonly sha256: Buffer;
  readonly bytes: number;
  readonly records: number;
  readonly stored: number;
  readonly corrected: number;
  readonly duplicate: number;
  readonly quarantined: number;
  readonly via: string;
  readonly ack_ms: number;
  readonly redelivery_of: string | null;
}

/** Which deliveries. Times are epoch milliseconds, the range half-open. */
export interface DeliveryFilter {
  readonly receivedFrom?: number | undefined;
  readonly receivedTo?: number | undefined;
  readonly source?: readonly string[] | undefined;
  readonly via?: readonly string[] | undefined;
  readonly redelivered?: boolean | undefined;
  readonly hasQuarantined?: boolean | undefined;
}

export interface BodyRow {
  /** `identity` or `gzip`. */
  readonly encoding: string;
  readonly body: Buffer;
}

const COLUMNS = `id, source, received_at, remote_address, sha256, bytes, records, stored, corrected, duplicate,
  quarantined, via, ack_ms, redelivery_of`;
const FIND = {
  name: 'find-delivery',
  text: `SELECT ${COLUMNS} FROM deliveries WHERE id = $1 AND ${isOfSources('$2')}`,
};
const FIND_BODY = {
  name: 'find-delivery-body',
  text: 'SELECT encoding, body FROM delivery_bodies WHERE delivery_id = $1',
};

@Injectable()
export class DeliveryRepository {
  constructor(private readonly database: ReadingDatabase) {}

  /** The deliveries before one, the newest first: ids are in the order of arrival. */
  list(filter: DeliveryFilter, viewer: Viewer, before: string, limit: number): Promise<DeliveryRow[]> {
    const sql = SqlConditions.visibleTo(viewer);
    sql.add(`id < ${sql.parameter(before)}`);
    if (filter.receivedFrom !== undefined) sql.atLeast('id', firstIdOf(filter.receivedFrom));
    if (filter.receivedTo !== undefined) sql.add(`id < ${sql.parameter(firstIdOf(filter.receivedTo))}`);
    sql.oneOf('source', filter.source);
    sql.oneOf('via', filter.via);
    if (filter.redelivered !== undefined) sql.add(`redelivery_of IS ${filter.redelivered ? 'NOT ' : ''}NULL`);
    if (filter.hasQuarantined !== undefined) sql.add(`quarantined ${filter.hasQuarantined ? '>' : '='} 0`);
    const text = `SELECT ${COLUMNS} FROM deliveries ${sql.where} ORDER BY id DESC LIMIT ${sql.parameter(limit)}`;
    return this.database.read<DeliveryRow>({ text, values: sql.values });
  }

  find(id: string, { sources }: Viewer): Promise<DeliveryRow | undefined> {
    return this.database.find<DeliveryRow>({ ...FIND, values: [id, sources] });
  }

  /** @param deliveryId of a delivery that the asker was found to see, or that it repeats: of the same source */
  body(deliveryId: string): Promise<BodyRow | undefined> {
    return this.database.find<BodyRow>({ ...FIND_BODY, values: [deliveryId] });
  }
}
