import { useState } from 'preact/hooks';
import { t } from '../i18n/i18n.js';
import { dateTime } from '../time/format.js';
import { Cut } from '../ui/given.js';
import { TableFrame } from '../ui/table-frame.js';
import type { TimeChartProps } from './series.js';

/** The values of a chart as a table, made when somebody wants it. */
export function ChartTable({ label, times, series, show }: TimeChartProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      class="chart-table"
      onToggle={(event) => {
        setOpen(event.currentTarget.open);
      }}
    >
      <summary>{t('chart.table')}</summary>
      {isOpen && (
        <TableFrame label={label}>
          <table class="table">
            <thead>
              <tr>
                <th scope="col">{t('chart.time')}</th>
                {series.map((line) => (
                  <th key={line.label} scope="col" class="number">
                    <Cut text={line.label} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {times.map((time, index) => (
                <tr key={time}>
                  <td>{dateTime(time).slice(0, 16)}</td>
                  {series.map((line) => (
                    <td key={line.label} class="number">
                      <Value text={show(line.values[index] ?? null)} href={line.hrefOf?.(index)} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </TableFrame>
      )}
    </details>
  );
}

function Value({ text, href }: { text: string; href: string | undefined }) {
  return href === undefined ? <>{text}</> : <a href={href}>{text}</a>;
}
