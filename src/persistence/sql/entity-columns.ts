import { getMetadataArgsStorage } from 'typeorm';
import { Call } from '../schema/entities/call.entities.js';

export interface EntityColumn {
  readonly name: string;
  /** The name of the type in PostgreSQL. */
  readonly type: string;
}

/** The columns of an entity's table, by the names of its fields. */
export function columnsOf(entity: new () => object): ReadonlyMap<string, EntityColumn> {
  const one = new entity();
  return new Map(
    getMetadataArgsStorage()
      .columns.filter(({ target }) => typeof target === 'function' && one instanceof target)
      .map(({ propertyName, options: { name, type } }) => [
        propertyName,
        { name: name ?? propertyName, type: String(type) },
      ]),
  );
}

/** The select list that names each column like its field, so that rows look like entities. */
export function selectedColumns(columns: ReadonlyMap<string, EntityColumn>): string {
  return [...columns].map(([field, { name }]) => `${name} AS "${field}"`).join(', ');
}

const COLUMNS = columnsOf(Call);

/**
 * The column of the table `calls` for a field.
 *
 * @throws Error if the entity has no column for the field
 */
export function columnOf(field: string): EntityColumn {
  const column = COLUMNS.get(field);
  if (column === undefined) throw new Error(`the table calls has no column for the field ${field}`);
  return column;
}

/** The select list for some fields of calls. Each column is named like its field. */
export function selectedFields(fields: readonly string[]): string {
  return selectedColumns(new Map(fields.map((field) => [field, columnOf(field)])));
}
