// Which views a key may see.
import { may, type Scope, seesAll } from './session.js';

interface Access {
  /** Of which a key needs one. */
  readonly scopes: readonly Scope[];
  /** Whether it is of all sources, which a key limited to some may not see. */
  readonly isOfAll?: boolean;
}

/** By the first part of the view's path. */
const ACCESS = {
  overview: { scopes: ['stats:read'] },
  tasks: { scopes: ['stats:read'] },
  completeness: { scopes: ['stats:read'] },
  calls: { scopes: ['calls:read'] },
  details: { scopes: ['calls:read'] },
  followers: { scopes: ['calls:read', 'webhooks:manage'] },
  deliveries: { scopes: ['deliveries:read'] },
  quarantine: { scopes: ['quarantine:manage'] },
  drift: { scopes: ['deliveries:read'], isOfAll: true },
  keys: { scopes: ['keys:manage'] },
  audit: { scopes: ['audit:read'], isOfAll: true },
  erasures: { scopes: ['privacy:erase'], isOfAll: true },
} as const satisfies Record<string, Access>;

export type ViewName = keyof typeof ACCESS;

/** Whether the key that is signed in may see a view: what it may not see is not offered. */
export function mayOpen(view: ViewName): boolean {
  const { scopes, isOfAll = false }: Access = ACCESS[view];
  return may(...scopes) && (!isOfAll || seesAll());
}
