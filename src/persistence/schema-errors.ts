// Why there is no schema to work with.

/** The server can't hold the ledger, whatever is tried again. */
export class UnsuitableDatabaseError extends Error {}

/** The schema is not at its newest, and this role may not bring it there. Another one may do so at any time. */
export class SchemaBehindError extends Error {}
