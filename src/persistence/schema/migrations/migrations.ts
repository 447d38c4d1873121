import { CreateLedger1766000000000 } from './1766000000000-create-ledger.js';
import { CreateMessages1769000000000 } from './1769000000000-create-messages.js';

/** Every migration, in order. */
export const migrations = [CreateLedger1766000000000, CreateMessages1769000000000];
