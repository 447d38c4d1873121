import { Column, type ColumnOptions, Entity, Index, PrimaryColumn } from 'typeorm';
import { CallRecord } from '../../../call/call-record.js';
import {
  type FieldKind,
  fieldsOf,
  type VendorField,
  type WithTimesAs,
} from '../../../call/field-decorators.js';

const COLUMNS: Readonly<Record<FieldKind, ColumnOptions>> = {
  text: { type: 'text', collation: 'C', nullable: true },
  integer: { type: 'integer', nullable: true },
  time: { type: 'timestamptz', nullable: true },
  json: { type: 'jsonb', nullable: true },
};

/** The name of a field's column, for example `b_ring_time` for `bRingTime`. */
export function columnName(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * Makes a class with a column for each field of a record.
 *
 * @param primaryKey the name of the table's primary key
 */
export function fieldColumns<Fields extends object>(
  record: new () => Fields,
  primaryKey: string,
): new () => WithTimesAs<Date, Fields>;
export function fieldColumns(record: new () => object, primaryKey: string): new () => object {
  class VendorColumns {}
  const fields: readonly VendorField[] = fieldsOf(record);
  for (const { name: field, kind, identifies } of fields) {
    const name = columnName(field);
    const decorate =
      identifies === 'key'
        ? PrimaryColumn({ ...COLUMNS[kind], name, nullable: false, primaryKeyConstraintName: primaryKey })
        : Column({ ...COLUMNS[kind], name });
    decorate(VendorColumns.prototype, field);
  }
  return VendorColumns;
}

/**
 * One call, with the content of its last record. The primary key guarantees one row for each call. That is why the
 * table is not partitioned (docs/decisions/database.md). In the table, fixed-width columns come first, so that there is
 * no padding between them.
 */
@Entity('calls')
@Index('calls_in_time', { synchronize: false })
@Index('calls_by_task', { synchronize: false })
@Index('calls_by_batch', { synchronize: false })
@Index('calls_detail', ['detailId'], { where: '(detail_id IS NOT NULL)' })
@Index('calls_out', ['outId'], { where: '(out_id IS NOT NULL)' })
@Index('calls_callee_reversed', { synchronize: false })
@Index('calls_delivery', ['deliveryId'])
@Index('calls_changed', ['changeDeliveryId'], { where: '(change_delivery_id IS NOT NULL)' })
@Index('calls_last_received', { synchronize: false })
@Index('calls_warned', { synchronize: false })
export class Call extends fieldColumns(CallRecord, 'calls_pkey') {
  @Column('timestamptz', { name: 'occurred_at' })
  occurredAt!: Date;

  /** When the first record of the call was received, whatever its content. */
  @Column('timestamptz', { name: 'first_received_at' })
  firstReceivedAt!: Date;

  /** When this content was last received. */
  @Column('timestamptz', { name: 'last_received_at' })
  lastReceivedAt!: Date;

  /** The delivery that last changed the row. */
  @Column('uuid', { name: 'delivery_id' })
  deliveryId!: string;

  /** The delivery that last brought this content again. Later records are compared with it. Null means `deliveryId`. */
  @Column('uuid', { name: 'last_delivery_id', nullable: true })
  lastDeliveryId!: string | null;

  /**
   * The delivery that last changed the call's note or recording, if it came after `deliveryId`. The call's place in
   * the feed is there. Null means `deliveryId`.
   */
  @Column('uuid', { name: 'change_delivery_id', nullable: true })
  changeDeliveryId!: string | null;

  /** 1 for the first content of the call, one more for each correction. */
  @Column('integer')
  revision!: number;

  @Column('boolean')
  answered!: boolean;

  /** Whether the content comes from the vendor's query API rather than from a push. */
  @Column('boolean', { default: false })
  pulled!: boolean;

  @Column({ type: 'text', collation: 'C' })
  source!: string;

  /** 16 bytes; equal content has an equal hash. */
  @Column('bytea', { name: 'content_hash' })
  contentHash!: Buffer;

  /** Unknown fields, and known fields that could not be read, as they came. */
  @Column('jsonb', { nullable: true })
  extra!: Record<string, unknown> | null;

  /** `[{field, reason}]` for the fields that could not be read. */
  @Column('jsonb', { nullable: true })
  warnings!: { field: string; reason: string }[] | null;
}

/** A content of a call that is not current: a correction replaced it, or it was delivered after a newer one. */
@Entity('call_revisions')
export class CallRevision {
  @PrimaryColumn({
    type: 'text',
    name: 'call_id',
    collation: 'C',
    primaryKeyConstraintName: 'call_revisions_pkey',
  })
  callId!: string;

  /** The delivery that brought this content. One delivery brings at most one content of a call. */
  @PrimaryColumn('uuid', { name: 'delivery_id', primaryKeyConstraintName: 'call_revisions_pkey' })
  deliveryId!: string;

  @Column('timestamptz', { name: 'received_at' })
  receivedAt!: Date;

  /** The revision of the row while it had this content. Null if the content came too late to ever be in the row. */
  @Column('integer', { nullable: true })
  revision!: number | null;

  /** The call's fields, named as in the API. Times are ISO 8601 in UTC. */
  @Column('jsonb')
  content!: Record<string, unknown>;
}
