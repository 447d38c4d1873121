import { CreateLedger1766000000000 } from './1766000000000-create-ledger.js';

/** Every migration, in order. */
export const migrations = [CreateLedger1766000000000];
