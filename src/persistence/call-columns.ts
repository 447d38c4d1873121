// The columns of `calls`, by the names of their fields: as the entity has them.
import { Call } from './entities/call.entity.js';
import { columnsOf, type EntityColumn, selectedColumns } from './entity-columns.js';

const COLUMNS = columnsOf(Call);

/** @throws Error for a field of which the entity has no column */
export function columnOf(field: string): EntityColumn {
  const column = COLUMNS.get(field);
  if (column === undefined) throw new Error(`calls has no column for ${field}`);
  return column;
}

/** What SELECT gives: each column by the name of its field. */
export function selectedFields(fields: readonly string[]): string {
  return selectedColumns(new Map(fields.map((field) => [field, columnOf(field)])));
}
