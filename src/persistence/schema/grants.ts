import { escapeIdentifier } from 'pg';
import type { DataSource } from 'typeorm';
import { TABLE_PRIVILEGES } from './entities/entities.js';

/**
 * The statements that let a role run the service, and do nothing else in the database.
 *
 * @param schema the schema of the tables, which is also the owner's current schema
 */
export function grantsTo(role: string, schema = 'public'): string[] {
  const grantee = escapeIdentifier(role);
  const within = escapeIdentifier(schema);
  return [
    // Revokes the rights that only an older version needed.
    `REVOKE ALL ON ALL TABLES IN SCHEMA ${within} FROM ${grantee}`,
    `REVOKE ALL ON ALL SEQUENCES IN SCHEMA ${within} FROM ${grantee}`,
    `REVOKE ALL ON SCHEMA ${within} FROM ${grantee}`,
    `GRANT USAGE ON SCHEMA ${within} TO ${grantee}`,
    `GRANT SELECT ON ${within}.migrations TO ${grantee}`,
    ...[...TABLE_PRIVILEGES].map(
      ([table, privileges]) => `GRANT ${privileges.join(', ')} ON ${within}.${table} TO ${grantee}`,
    ),
    `GRANT SELECT ON ${within}.call_rollups TO ${grantee}`,
    `GRANT USAGE ON SEQUENCE ${within}.delivery_positions TO ${grantee}`,
    `GRANT USAGE ON SEQUENCE ${within}.rollup_group_ids TO ${grantee}`,
    `GRANT EXECUTE ON FUNCTION ${within}.next_delivery_position() TO ${grantee}`,
  ];
}

/**
 * Grants a role the rights that the service needs. One transaction does it, so a service that runs as this role does
 * not notice.
 *
 * @param dataSource of the role that owns the tables
 * @throws Error if the role is the owner of the tables: it would lose the rights that migrations need
 */
export async function grantTo(dataSource: DataSource, role: string): Promise<void> {
  const [session] = await dataSource.query<{ user: string; schema: string }[]>(
    'SELECT current_user AS "user", current_schema() AS schema',
  );
  if (session === undefined || session.user === role)
    throw new Error(`"${role}" owns the tables. Name the other role, with which the service connects.`);
  await dataSource.transaction(async (manager) => {
    for (const statement of grantsTo(role, session.schema)) await manager.query(statement);
  });
}
