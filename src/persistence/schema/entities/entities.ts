import { getMetadataArgsStorage } from 'typeorm';
import { ApiKey, AuditEvent } from './access.entities.js';
import { Batch, Task } from './campaign.entities.js';
import { Call, CallRevision } from './call.entities.js';
import { MessageRevision, RemovedFile, StoredNote, StoredRecording } from './message.entities.js';
import { CheckedTask, CompletenessRun, MissingEntry } from './completeness.entities.js';
import { CampaignTotals, Rollup, RollupGroup, RollupSums } from './rollup.entities.js';
import { StoredDelivery, DeliveryBody, QuarantineEntry, SchemaDrift } from './delivery.entities.js';
import { Label, Session } from './people.entities.js';
import { ErasedCall, Erasure, Lease, StoredSecret } from './privacy.entities.js';
import { Follower, StoredWebhook, WebhookAttempt } from './webhook.entities.js';

export type Privilege = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';

/**
 * Every table of the ledger, with the privileges that the service needs. The service uses no TRUNCATE, no triggers
 * and no references. Only migrations create or change tables.
 */
const TABLES: readonly (readonly [entity: new () => object, ...privileges: Privilege[]])[] = [
  [Task, 'SELECT', 'INSERT'],
  [Batch, 'SELECT', 'INSERT'],
  [Call, 'SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  [CallRevision, 'SELECT', 'INSERT', 'DELETE'],
  [StoredNote, 'SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  [StoredRecording, 'SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  [MessageRevision, 'SELECT', 'INSERT', 'DELETE'],
  [RemovedFile, 'SELECT', 'INSERT', 'DELETE'],
  [RollupGroup, 'SELECT', 'INSERT'],
  [Rollup, 'SELECT', 'INSERT', 'UPDATE'],
  [RollupSums, 'SELECT', 'INSERT', 'UPDATE'],
  [CampaignTotals, 'SELECT', 'INSERT', 'UPDATE'],
  [StoredDelivery, 'SELECT', 'INSERT', 'UPDATE'],
  [DeliveryBody, 'SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  [QuarantineEntry, 'SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  [SchemaDrift, 'SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  [ErasedCall, 'SELECT', 'INSERT'],
  [Erasure, 'SELECT', 'INSERT', 'UPDATE'],
  [StoredSecret, 'SELECT', 'INSERT'],
  [ApiKey, 'SELECT', 'INSERT', 'UPDATE'],
  [AuditEvent, 'SELECT', 'INSERT'],
  [Session, 'SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  [Label, 'SELECT', 'INSERT', 'UPDATE'],
  [Lease, 'SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  [CheckedTask, 'SELECT', 'INSERT', 'UPDATE'],
  [MissingEntry, 'SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  [CompletenessRun, 'SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  [Follower, 'SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  [StoredWebhook, 'SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  [WebhookAttempt, 'SELECT', 'INSERT', 'DELETE'],
];

export const entities = TABLES.map(([entity]) => entity);

/** The privileges that the service needs, by the names of the tables. */
export const TABLE_PRIVILEGES: ReadonlyMap<string, readonly Privilege[]> = new Map(
  TABLES.map(([entity, ...privileges]) => [tableOf(entity), privileges]),
);

function tableOf(entity: new () => object): string {
  const { name } = getMetadataArgsStorage().tables.find(({ target }) => target === entity) ?? {};
  if (name === undefined) throw new Error(`${entity.name} does not name its table`);
  return name;
}
