/** What a key may be allowed to do. An operation needs one of them; `numbers:read` adds to the others. */
export const SCOPES = [
  'calls:read',
  'stats:read',
  'numbers:read',
  'deliveries:read',
  'quarantine:manage',
  'privacy:erase',
  'keys:manage',
  'audit:read',
] as const;
export type Scope = (typeof SCOPES)[number];

export function isScope(text: string): text is Scope {
  return SCOPES.some((scope) => scope === text);
}
