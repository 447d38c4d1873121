// The columns of `calls`, by the names of their fields: as the entity has them.
import { getMetadataArgsStorage } from 'typeorm';
import { Call } from './entities/call.entity.js';

export interface CallColumn {
  readonly name: string;
  /** As PostgreSQL names it. */
  readonly type: string;
}

const call = new Call();
const COLUMNS: ReadonlyMap<string, CallColumn> = new Map(
  getMetadataArgsStorage()
    .columns.filter(({ target }) => typeof target === 'function' && call instanceof target)
    .map(({ propertyName, options: { name, type } }) => [
      propertyName,
      { name: name ?? propertyName, type: String(type) },
    ]),
);

/** @throws Error for a field of which the entity has no column */
export function columnOf(field: string): CallColumn {
  const column = COLUMNS.get(field);
  if (column === undefined) throw new Error(`calls has no column for ${field}`);
  return column;
}

/** What SELECT gives: each column by the name of its field. */
export function selectedFields(fields: readonly string[]): string {
  return fields.map((field) => `${columnOf(field).name} AS "${field}"`).join(', ');
}
