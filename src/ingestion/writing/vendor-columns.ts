import type { VendorField } from '../../call/field-decorators.js';
import type { FieldValue } from '../reading/field-readers.js';
import { type ArrayColumn, instantColumn } from './column-arrays.js';

/**
 * The columns of a message's fields, without the key. Times come first, then integers, then texts and JSON.
 *
 * @param nameOf returns the name of a field's column
 */
export function vendorColumns<
  Message extends Record<keyof Message, FieldValue>,
  State extends { readonly record: Message },
>(
  fields: readonly VendorField<keyof Message & string>[],
  nameOf: (field: string) => string,
): ArrayColumn<State>[] {
  const others = fields.filter(({ identifies }) => identifies !== 'key');
  const kinds = ['time', 'integer', 'text', 'json'] as const;
  return kinds
    .flatMap((kind) => others.filter((field) => field.kind === kind))
    .map(({ name: field, kind }): ArrayColumn<State> => {
      const name = nameOf(field);
      const value = ({ record }: State): FieldValue => record[field];
      switch (kind) {
        case 'time':
          return instantColumn(name, (row) => timeOf(value(row)));
        case 'json':
          return { name, type: 'jsonb', value: (row) => textOf(value(row)) };
        case 'integer':
        case 'text':
          return { name, type: kind, value };
      }
    });
}

function timeOf(value: FieldValue): number | null {
  return typeof value === 'number' ? value : null;
}

function textOf(value: FieldValue): string | null {
  return typeof value === 'string' ? value : null;
}
