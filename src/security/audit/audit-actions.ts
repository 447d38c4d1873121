/** What is accounted for. Names stay: they are in the ledger for ever. */
export const AUDIT_ACTIONS = [
  'numbers.read',
  'numbers.searched',
  'body.read',
  'export.begun',
  'export.ended',
  'key.created',
  'key.revoked',
  'quarantine.replayed',
  'quarantine.discarded',
  'erasure.requested',
  'erasure.done',
  'retention.done',
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];
