import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n/i18n.js';
import { csvOf } from '../text/csv.js';
import { saveCsv } from './files.js';
import { Icon } from './icons.js';
import { TableFrame } from './table-frame.js';

type Value = string | number | null;

export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => ComponentChildren;
  /** `number`: to the right. `text`: sentences, which keep a readable width. */
  readonly kind?: 'number' | 'text';
  /** By which rows are sorted, and which a file holds. */
  readonly value?: (row: T) => Value;
}

interface TableProps<T> {
  readonly label: string;
  readonly rows: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly keyOf: (row: T) => string;
  /** Name of the file that it can be saved as. The rows are then all that there are, and can be sorted. */
  readonly save?: string;
}

interface Order {
  readonly title: string;
  readonly isUp: boolean;
}

export function Table<T>({ label, rows, columns, keyOf, save }: TableProps<T>) {
  const [order, setOrder] = useState<Order>();
  const shown = sorted(rows, columns, order);
  const sortBy = (title: string) => {
    setOrder({ title, isUp: order?.title === title && !order.isUp });
  };
  return (
    <>
      <TableFrame label={label}>
        <table class="table">
          <thead>
            <tr>
              {columns.map((column) => (
                <Head
                  key={column.title}
                  column={column}
                  order={order}
                  {...(save !== undefined && column.value !== undefined && { sortBy })}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={keyOf(row)}>
                {columns.map(({ title, cell, kind }) => (
                  <td key={title} class={kind}>
                    {cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
      {save !== undefined && (
        <p class="table-foot">
          <button
            type="button"
            class="link"
            aria-label={t('chart.csv', { name: save })}
            onClick={() => {
              saveCsv(save, tableText(shown, columns));
            }}
          >
            CSV
          </button>
        </p>
      )}
    </>
  );
}

interface HeadProps<T> {
  readonly column: Column<T>;
  readonly order: Order | undefined;
  readonly sortBy?: (title: string) => void;
}

function Head<T>({ column: { title, kind }, order, sortBy }: HeadProps<T>) {
  if (sortBy === undefined)
    return (
      <th scope="col" class={kind}>
        {title}
      </th>
    );
  const isSorted = order?.title === title;
  return (
    <th scope="col" class={kind} aria-sort={isSorted ? (order.isUp ? 'ascending' : 'descending') : undefined}>
      <button
        type="button"
        class="sort"
        onClick={() => {
          sortBy(title);
        }}
      >
        {title} {isSorted && <Icon name={order.isUp ? 'up' : 'down'} />}
      </button>
    </th>
  );
}

function sorted<T>(rows: readonly T[], columns: readonly Column<T>[], order: Order | undefined) {
  const value = columns.find(({ title }) => title === order?.title)?.value;
  if (order === undefined || value === undefined) return rows;
  const sign = order.isUp ? 1 : -1;
  return rows.toSorted((a, b) => sign * compared(value(a), value(b)));
}

/** What is missing comes before all. */
function compared(a: Value, b: Value): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
}

function tableText<T>(rows: readonly T[], columns: readonly Column<T>[]): string {
  const known = columns.filter(({ value }) => value !== undefined);
  const lines = rows.map((row) => known.map(({ value }) => value?.(row) ?? null));
  return csvOf([known.map(({ title }) => title), ...lines]);
}
