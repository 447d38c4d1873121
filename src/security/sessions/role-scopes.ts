import { Injectable } from '@nestjs/common';
import { SettingsError } from '../../config/read-settings.js';
import { Settings } from '../../config/settings.js';
import { isScope, type Scope, SCOPES } from '../principal.js';

const ALL = '*';

/** What people may do, by what they belong to (OIDC_ROLES). */
@Injectable()
export class RoleScopes {
  private readonly scopes: ReadonlyMap<string, readonly Scope[]>;

  /** @throws SettingsError if a role has a scope that does not exist */
  constructor({ signIn }: Settings) {
    const roles = [...(signIn?.roles ?? [])];
    const unknown = roles.flatMap(([role, scopes]) =>
      scopes.filter((scope) => scope !== ALL && !isScope(scope)).map((scope) => `${scope} (of ${role})`),
    );
    if (unknown.length > 0)
      throw new SettingsError([
        `OIDC_ROLES has unknown scopes: ${unknown.join(', ')}. The scopes are ${SCOPES.join(', ')}`,
      ]);
    this.scopes = new Map(
      roles.map(([role, scopes]) => [role, scopes.includes(ALL) ? SCOPES : scopes.filter(isScope)]),
    );
  }

  /** Those of the values that give a scope. */
  known(values: readonly string[]): string[] {
    return [...new Set(values)].filter((value) => this.scopes.has(value)).sort();
  }

  /** The scopes of all roles together. */
  of(roles: readonly string[]): Scope[] {
    const given = new Set(roles.flatMap((role) => this.scopes.get(role) ?? []));
    return SCOPES.filter((scope) => given.has(scope));
  }
}
