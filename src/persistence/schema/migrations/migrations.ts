import { CreateLedger1763800000000 } from './1763800000000-create-ledger.js';
import { ResolveQuarantine1763900000000 } from './1763900000000-resolve-quarantine.js';
import { SchemaDrift1764000000000 } from './1764000000000-schema-drift.js';
import { CreateChangeFeed1764100000000 } from './1764100000000-create-change-feed.js';
import { CreateApiKeys1764200000000 } from './1764200000000-create-api-keys.js';
import { SourceOfErasedCalls1764210000000 } from './1764210000000-source-of-erased-calls.js';
import { CreateLeases1764500000000 } from './1764500000000-create-leases.js';
import { CreateErasures1764600000000 } from './1764600000000-create-erasures.js';
import { CreateAuditEvents1764700000000 } from './1764700000000-create-audit-events.js';
import { CreateCallSums1764800000000 } from './1764800000000-create-call-sums.js';
import { LastReceipts1764900000000 } from './1764900000000-last-receipts.js';
import { SearchErasuresAgain1765000000000 } from './1765000000000-search-erasures-again.js';

/** Every migration, in order. */
export const migrations = [
  CreateLedger1763800000000,
  ResolveQuarantine1763900000000,
  SchemaDrift1764000000000,
  CreateChangeFeed1764100000000,
  CreateApiKeys1764200000000,
  SourceOfErasedCalls1764210000000,
  CreateLeases1764500000000,
  CreateErasures1764600000000,
  CreateAuditEvents1764700000000,
  CreateCallSums1764800000000,
  LastReceipts1764900000000,
  SearchErasuresAgain1765000000000,
];
