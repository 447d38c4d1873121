import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { CallNote } from '../../../call/call-note.js';
import { CallRecording } from '../../../call/call-recording.js';
import { fieldColumns } from './call.entities.js';
import { CountColumn } from './rollup.entities.js';

/** The vendor's note of a call's conversation. It may come before the call's report. */
@Entity('call_notes')
@Index('call_notes_delivery', ['deliveryId'])
@Index('call_notes_intent', ['majorIntent'], { where: '(major_intent IS NOT NULL)' })
@Index('call_notes_tags', { synchronize: false })
export class StoredNote extends fieldColumns(CallNote, 'call_notes_pkey') {
  /** The number of turns of the conversation, so that lists need not read it. */
  @Column('integer')
  turns!: number;

  @Column('timestamptz', { name: 'first_received_at' })
  firstReceivedAt!: Date;

  /** When this content was last received. */
  @Column('timestamptz', { name: 'last_received_at' })
  lastReceivedAt!: Date;

  /** The delivery that last changed the row. */
  @Column('uuid', { name: 'delivery_id' })
  deliveryId!: string;

  /** The delivery that last brought this content again. Null means `deliveryId`. */
  @Column('uuid', { name: 'last_delivery_id', nullable: true })
  lastDeliveryId!: string | null;

  @Column('integer')
  revision!: number;

  /** Whether the content comes from the vendor's query API rather than from a push. */
  @Column('boolean', { default: false })
  pulled!: boolean;

  @Column({ type: 'text', collation: 'C' })
  source!: string;

  /** 16 bytes; equal content has an equal hash. */
  @Column('bytea', { name: 'content_hash' })
  contentHash!: Buffer;

  @Column('jsonb', { nullable: true })
  extra!: Record<string, unknown> | null;

  @Column('jsonb', { nullable: true })
  warnings!: { field: string; reason: string }[] | null;
}

/** The recording of a call: where the vendor has it, and whether it is kept. It may come before the call's report. */
@Entity('call_recordings')
@Index('call_recordings_delivery', ['deliveryId'])
@Index('call_recordings_due', ['nextTryAt'], { where: '(next_try_at IS NOT NULL)' })
@Index('call_recordings_state', ['state'], { where: "(state <> 'kept'::text)" })
@Index('call_recordings_kept', ['announcedAt'], { where: "(state = 'kept'::text)" })
export class StoredRecording extends fieldColumns(CallRecording, 'call_recordings_pkey') {
  @Column('timestamptz', { name: 'first_received_at' })
  firstReceivedAt!: Date;

  /** When this content was last received, with the URL in `recordFile`. */
  @Column('timestamptz', { name: 'last_received_at' })
  lastReceivedAt!: Date;

  @Column('uuid', { name: 'delivery_id' })
  deliveryId!: string;

  @Column('uuid', { name: 'last_delivery_id', nullable: true })
  lastDeliveryId!: string | null;

  @Column('integer')
  revision!: number;

  /** Whether the content comes from the vendor's query API rather than from a push. */
  @Column('boolean', { default: false })
  pulled!: boolean;

  @Column({ type: 'text', collation: 'C' })
  source!: string;

  /** 16 bytes. The query part of the URL does not count. */
  @Column('bytea', { name: 'content_hash' })
  contentHash!: Buffer;

  @Column('jsonb', { nullable: true })
  extra!: Record<string, unknown> | null;

  @Column('jsonb', { nullable: true })
  warnings!: { field: string; reason: string }[] | null;

  /** `announced`, `kept`, `failed`, `expired`, `off` or `removed`. */
  @Column({ type: 'text', collation: 'C' })
  state!: string;

  /** When the URL in `recordFile` was received. */
  @Column('timestamptz', { name: 'announced_at' })
  announcedAt!: Date;

  /** When that URL stops working. */
  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  /** The number of downloads that were begun since the announcement. */
  @Column('integer')
  tries!: number;

  /** When the next download may begin, or when another process may take a running one over. Null: never. */
  @Column('timestamptz', { name: 'next_try_at', nullable: true })
  nextTryAt!: Date | null;

  /** Why the last download failed. */
  @Column({ type: 'text', collation: 'C', nullable: true })
  reason!: string | null;

  /** The key of the file in the store; null as long as none was kept. */
  @Column({ type: 'text', collation: 'C', nullable: true })
  file!: string | null;

  @CountColumn({ nullable: true })
  bytes!: number | null;

  @Column({ type: 'text', name: 'content_type', collation: 'C', nullable: true })
  contentType!: string | null;

  /** SHA-256 of the file. */
  @Column('bytea', { nullable: true })
  sha256!: Buffer | null;

  /** The delivery (`via` is `recording`) of the last change of `state`. Null means `deliveryId`. */
  @Column('uuid', { name: 'change_delivery_id', nullable: true })
  changeDeliveryId!: string | null;
}

/** A file in the store of recordings that nothing needs any more. */
@Entity('removed_files')
export class RemovedFile {
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'removed_files_pkey' })
  file!: string;

  /** Until then, a download of it may still go on. */
  @Column('timestamptz', { name: 'not_before' })
  notBefore!: Date;
}

/** A content of a note or a recording that is not current. */
@Entity('message_revisions')
export class MessageRevision {
  @PrimaryColumn({
    type: 'text',
    name: 'call_id',
    collation: 'C',
    primaryKeyConstraintName: 'message_revisions_pkey',
  })
  callId!: string;

  /** `note` or `recording`. */
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'message_revisions_pkey' })
  message!: string;

  /** The delivery that brought this content. */
  @PrimaryColumn('uuid', { name: 'delivery_id', primaryKeyConstraintName: 'message_revisions_pkey' })
  deliveryId!: string;

  @Column('timestamptz', { name: 'received_at' })
  receivedAt!: Date;

  /** The revision of the row while it had this content. Null if the content came too late to ever be in the row. */
  @Column('integer', { nullable: true })
  revision!: number | null;

  /** The fields, named as in the API. The URL of a recording has no query part. */
  @Column('jsonb')
  content!: Record<string, unknown>;
}
