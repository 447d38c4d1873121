// A role in, the statements out that let it run the service and do nothing else to the database.
import { escapeIdentifier } from 'pg';
import type { DataSource } from 'typeorm';
import { TABLE_PRIVILEGES } from './entities/entities.js';

/** For the tables of one schema, in which the owner's session is. */
export function grantsTo(role: string, schema = 'public'): string[] {
  const grantee = escapeIdentifier(role);
  const within = escapeIdentifier(schema);
  return [
    // What an older version needed, and this one does not.
    `REVOKE ALL ON ALL TABLES IN SCHEMA ${within} FROM ${grantee}`,
    `REVOKE ALL ON ALL SEQUENCES IN SCHEMA ${within} FROM ${grantee}`,
    `REVOKE ALL ON SCHEMA ${within} FROM ${grantee}`,
    `GRANT USAGE ON SCHEMA ${within} TO ${grantee}`,
    `GRANT SELECT ON ${within}.migrations TO ${grantee}`,
    ...[...TABLE_PRIVILEGES].map(
      ([table, privileges]) => `GRANT ${privileges.join(', ')} ON ${within}.${table} TO ${grantee}`,
    ),
    `GRANT USAGE ON SEQUENCE ${within}.delivery_positions TO ${grantee}`,
    `GRANT EXECUTE ON FUNCTION ${within}.next_delivery_position() TO ${grantee}`,
  ];
}

/**
 * Grants a role what the service needs, as one transaction: a service that runs as it does not notice.
 *
 * @param dataSource of the role that owns the tables
 * @throws Error when it is the owner itself, from whom it would take what migrations need
 */
export async function grantTo(dataSource: DataSource, role: string): Promise<void> {
  const [session] = await dataSource.query<{ user: string; schema: string }[]>(
    'SELECT current_user AS "user", current_schema() AS schema',
  );
  if (session === undefined || session.user === role)
    throw new Error(`"${role}" owns the tables: grant to another role, as which the service runs`);
  await dataSource.transaction(async (manager) => {
    for (const statement of grantsTo(role, session.schema)) await manager.query(statement);
  });
}
