import { CreateLedger1766000000000 } from './1766000000000-create-ledger.js';
import { AddCompleteness1796000000000 } from './1796000000000-add-completeness.js';

/** Every migration, in order. */
export const migrations = [CreateLedger1766000000000, AddCompleteness1796000000000];
