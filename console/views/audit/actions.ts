/** What is accounted for, by the API's names. */
export const ACTIONS = [
  'numbers.read',
  'numbers.searched',
  'body.read',
  'conversation.read',
  'recording.read',
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
