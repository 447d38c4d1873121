import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { CountColumn } from './rollup.entities.js';

/** A client that names itself when it asks for changes. */
@Entity('followers')
export class Follower {
  /** The API key's id, or `admin` for the key of the settings. Each key has names of its own. */
  @PrimaryColumn({ type: 'text', name: 'key_id', collation: 'C', primaryKeyConstraintName: 'followers_pkey' })
  keyId!: string;

  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'followers_pkey' })
  name!: string;

  /** Its place in the feed: after this call of the delivery at this position. */
  @CountColumn()
  position!: number;

  @Column({ type: 'text', name: 'call_id', collation: 'C' })
  callId!: string;

  @Column('timestamptz', { name: 'last_seen_at' })
  lastSeenAt!: Date;
}

/** Which calls a webhook sends. */
export interface StoredFilter {
  source?: string[];
  taskId?: string[];
  batchId?: string[];
  smartStatusCode?: string[];
  answered?: boolean;
  majorIntent?: string[];
}

/** The last failed request. */
export interface StoredFailure {
  /** ISO 8601. */
  at: string;
  status: number | null;
  problem: string | null;
}

/** A URL to which changes of calls are sent, and how far that is. */
@Entity('webhooks')
@Index('webhooks_behind', ['position'], { where: "(state = 'active'::text)" })
export class StoredWebhook {
  /** UUIDv7. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'webhooks_pkey' })
  id!: string;

  @Column({ type: 'text', collation: 'C' })
  name!: string;

  @Column({ type: 'text', collation: 'C' })
  url!: string;

  /** The kinds of events that are sent, in addition to `call.erased`. */
  @Column({ type: 'text', collation: 'C', array: true })
  events!: string[];

  @Column('jsonb')
  filter!: StoredFilter;

  /** The fields of calls that are sent, in addition to `callId`. Null: all. */
  @Column({ type: 'text', collation: 'C', array: true, nullable: true })
  fields!: string[] | null;

  /** `masked` or `full`. */
  @Column({ type: 'text', collation: 'C' })
  numbers!: string;

  @Column('integer', { name: 'max_changes' })
  maxChanges!: number;

  /** The API key that made the webhook, or `admin` for the key of the settings. */
  @Column({ type: 'text', name: 'key_id', collation: 'C' })
  keyId!: string;

  /** The sources that this key is limited to; null means no limit. */
  @Column({ type: 'text', collation: 'C', array: true, nullable: true })
  sources!: string[] | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  /** `active` or `paused`. */
  @Column({ type: 'text', collation: 'C' })
  state!: string;

  /** Why it is paused. */
  @Column({ type: 'text', collation: 'C', nullable: true })
  reason!: string | null;

  /** Identifies the key that has sealed the secrets. A process that has another key leaves the webhook alone. */
  @Column('bytea', { name: 'sealed_with' })
  sealedWith!: Buffer;

  /** The secret that signs requests, sealed. */
  @Column('bytea', { name: 'sealed_secret' })
  sealedSecret!: Buffer;

  /** The secret before the last rotation, sealed. Both sign until `earlierUntil`. */
  @Column('bytea', { name: 'sealed_earlier', nullable: true })
  sealedEarlier!: Buffer | null;

  @Column('timestamptz', { name: 'earlier_until', nullable: true })
  earlierUntil!: Date | null;

  /** Its cursor in the feed: after this call of the delivery at this position. */
  @CountColumn()
  position!: number;

  @Column({ type: 'text', name: 'call_id', collation: 'C' })
  callId!: string;

  /** One more with every change that a request under way must not overwrite: a rewind, another URL, a pause. */
  @Column('integer')
  round!: number;

  /** The request that is being tried: its id, the hash of its changes, and its time. */
  @Column('uuid', { name: 'message_id', nullable: true })
  messageId!: string | null;

  @Column('bytea', { name: 'message_hash', nullable: true })
  messageHash!: Buffer | null;

  @Column('timestamptz', { name: 'message_at', nullable: true })
  messageAt!: Date | null;

  /** How many changes it has. */
  @Column('integer', { name: 'message_changes', nullable: true })
  messageChanges!: number | null;

  /** The cursor after it. */
  @CountColumn({ name: 'message_position', nullable: true })
  messagePosition!: number | null;

  @Column({ type: 'text', name: 'message_call_id', collation: 'C', nullable: true })
  messageCallId!: string | null;

  /** When the next request may be sent. */
  @Column('timestamptz', { name: 'due_at' })
  dueAt!: Date;

  /** The process that works on the webhook. */
  @Column('uuid', { nullable: true })
  holder!: string | null;

  /** When another process may take the webhook over. */
  @Column('timestamptz', { name: 'held_until', nullable: true })
  heldUntil!: Date | null;

  /** The number of failed requests in a row. */
  @Column('integer')
  failures!: number;

  /** When the first of them failed. */
  @Column('timestamptz', { name: 'failing_since', nullable: true })
  failingSince!: Date | null;

  @Column('timestamptz', { name: 'last_success_at', nullable: true })
  lastSuccessAt!: Date | null;

  @Column('jsonb', { name: 'last_failure', nullable: true })
  lastFailure!: StoredFailure | null;
}

/** A request to a webhook's URL. It holds nothing of the calls. */
@Entity('webhook_attempts')
@Index('webhook_attempts_webhook', ['webhookId', 'id'])
export class WebhookAttempt {
  /** UUIDv7 whose time is `at`. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'webhook_attempts_pkey' })
  id!: string;

  @Column('uuid', { name: 'webhook_id' })
  webhookId!: string;

  @Column('timestamptz')
  at!: Date;

  /** The id that the request had in `webhook-id`. */
  @Column('uuid', { name: 'message_id' })
  messageId!: string;

  @Column('integer')
  changes!: number;

  @Column('integer', { name: 'duration_ms' })
  durationMs!: number;

  /** The status of the answer. Null: there was none. */
  @Column('integer', { nullable: true })
  status!: number | null;

  /** The first characters of the answer. Numbers in it are masked. */
  @Column({ type: 'text', collation: 'C', nullable: true })
  answer!: string | null;

  /** Why the request counts as failed. */
  @Column({ type: 'text', collation: 'C', nullable: true })
  problem!: string | null;
}
