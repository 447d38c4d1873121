// The advisory locks of the ledger: pairs of numbers that nothing else uses. They are part of the schema. Processes of
// different versions must use the same numbers for the same locks.

/** The class of the locks below. */
export const LEDGER_LOCKS = 1_129_072_709;
/** next_delivery_position() takes it to draw a delivery's position. It is held to the end of the transaction. */
export const POSITION_LOCK = 1;
/** Held while migrating. */
export const MIGRATION_LOCK = 2;
/** Held while the first and last times of rollups are computed again. */
export const BOUNDS_LOCK = 3;
/** Held while a follower of the feed gets a new name. */
export const FOLLOWERS_LOCK = 4;

/** The class of the locks of single calls. The second number of such a lock is a slot. */
export const CALL_LOCKS = 1_129_072_710;
