// The columns of tables, by the names of the fields of their entities.
import { getMetadataArgsStorage } from 'typeorm';

export interface EntityColumn {
  readonly name: string;
  /** As PostgreSQL names it. */
  readonly type: string;
}

/** By the names of the fields. */
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

/** What SELECT gives for rows that are to be like entities: each column by the name of its field. */
export function selectedColumns(columns: ReadonlyMap<string, EntityColumn>): string {
  return [...columns].map(([field, { name }]) => `${name} AS "${field}"`).join(', ');
}
