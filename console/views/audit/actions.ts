/** What is accounted for, by the API's names. */
export const ACTIONS = [
  'numbers.read',
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
