import { CreateLedger1766000000000 } from './1766000000000-create-ledger.js';
import { NarrowCallIndexes1767000000000 } from './1767000000000-narrow-call-indexes.js';
import { RollupGroups1768000000000 } from './1768000000000-rollup-groups.js';
import { AddCompleteness1769000000000 } from './1769000000000-add-completeness.js';
import { CreateMessages1770000000000 } from './1770000000000-create-messages.js';
import { AddWebhooks1771000000000 } from './1771000000000-add-webhooks.js';
import { CreatePeople1772000000000 } from './1772000000000-create-people.js';
import { IndexMessages1773000000000 } from './1773000000000-index-messages.js';
import { AcknowledgeDrift1774000000000 } from './1774000000000-acknowledge-drift.js';
import { HashCampaigns1775000000000 } from './1775000000000-hash-campaigns.js';

/** Every migration, in order. */
export const migrations = [
  CreateLedger1766000000000,
  NarrowCallIndexes1767000000000,
  RollupGroups1768000000000,
  AddCompleteness1769000000000,
  CreateMessages1770000000000,
  AddWebhooks1771000000000,
  CreatePeople1772000000000,
  IndexMessages1773000000000,
  AcknowledgeDrift1774000000000,
  HashCampaigns1775000000000,
];
