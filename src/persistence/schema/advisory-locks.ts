// The advisory locks of the ledger: pairs of numbers that nobody else uses. They are part of the schema: processes of
// different versions must mean the same by them.

/** The class of the locks below. */
export const LEDGER_LOCKS = 1_129_072_709;
/** Held from the drawing of a delivery's position to the end of its transaction: next_delivery_position() takes it. */
export const POSITION_LOCK = 1;
/** Held while migrating. */
export const MIGRATION_LOCK = 2;
/** Held while finding first and last times of rollups anew. */
export const BOUNDS_LOCK = 3;

/** The class of the locks of single calls; their numbers are slots. */
export const CALL_LOCKS = 1_129_072_710;
