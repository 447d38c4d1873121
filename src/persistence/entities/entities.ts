import { ApiKey } from './api-key.entity.js';
import { AuditEvent } from './audit-event.entity.js';
import { Batch } from './batch.entity.js';
import { CallRevision } from './call-revision.entity.js';
import { CallRollup } from './call-rollup.entity.js';
import { CallSums } from './call-sums.entity.js';
import { Call } from './call.entity.js';
import { DeliveryBody } from './delivery-body.entity.js';
import { Delivery } from './delivery.entity.js';
import { ErasedCall } from './erased-call.entity.js';
import { Erasure } from './erasure.entity.js';
import { Lease } from './lease.entity.js';
import { QuarantineEntry } from './quarantine-entry.entity.js';
import { SchemaDrift } from './schema-drift.entity.js';
import { Secret } from './secret.entity.js';
import { Task } from './task.entity.js';

/** Every table of the ledger. */
export const entities = [
  ApiKey,
  AuditEvent,
  Task,
  Batch,
  Call,
  CallRevision,
  CallRollup,
  CallSums,
  Delivery,
  DeliveryBody,
  ErasedCall,
  Erasure,
  Lease,
  QuarantineEntry,
  SchemaDrift,
  Secret,
];
