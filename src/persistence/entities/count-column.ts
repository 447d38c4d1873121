import { Column, type ColumnOptions } from 'typeorm';

/** A `bigint` column that is read as a number. (`pg` reads it as text.) Its values must stay below 2^53. */
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
