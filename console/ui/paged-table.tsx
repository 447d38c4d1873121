// One page of a list in, a table out: with what is said when it is empty, and the way to the next page.
import type { ComponentChildren } from 'preact';
import type { Asked } from '../api/use-ask.js';
import { type Page, Pager } from './pager.js';
import { Empty, Shown } from './states.js';
import { type Column, Table } from './table.js';

interface PagedTableProps<Row> {
  readonly asked: Asked<Page<Row>>;
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  /** About how many lines stand there until the answer comes. */
  readonly lines: number;
  /** Said when there is nothing; the children say what may help. */
  readonly none: string;
  readonly keyOf: (row: Row) => string;
  readonly children?: ComponentChildren;
}

export function PagedTable<Row>(props: PagedTableProps<Row>) {
  const { asked, lines, none, children, ...table } = props;
  return (
    <>
      <Shown asked={asked} lines={lines}>
        {({ data }) =>
          data.length === 0 ? <Empty title={none}>{children}</Empty> : <Table {...table} rows={data} />
        }
      </Shown>
      <Pager of={asked.data} />
    </>
  );
}
