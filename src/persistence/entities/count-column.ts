import { Column, type ColumnOptions } from 'typeorm';

/** A `bigint` column of a number that a double holds exactly. (`pg` gives such values as text.) */
export function CountColumn(options: Omit<ColumnOptions, 'type' | 'transformer'> = {}): PropertyDecorator {
  return Column({
    ...options,
    type: 'bigint',
    transformer: { to: (value: unknown) => value, from: numberOf },
  });
}

function numberOf(text: string | null): number | null {
  return text === null ? null : Number(text);
}
