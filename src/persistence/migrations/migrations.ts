import { CreateLedger1763800000000 } from './1763800000000-create-ledger.js';

/** Every migration, in order. */
export const migrations = [CreateLedger1763800000000];
