// Calls and answered ones by the hour and weekday in, a table of answer rates out, coloured by them.
import { t } from '../i18n/i18n.js';
import { count, percent, weekdayName } from '../time/format.js';
import { TableFrame } from '../ui/table-frame.js';

/** Of an hour of a weekday; by `weekday * 24 + hour`. */
export interface HeatCell {
  calls: number;
  answered: number;
}

/** Of fewer calls a rate says little. */
const FEW = 10;
const STEPS = 6;
const DAYS = Array.from({ length: 7 }, (_, weekday) => weekday);

/** From the first that has calls to the last: campaigns are not of the night, and a phone is narrow. */
function hoursOf(cells: readonly HeatCell[]): number[] {
  const called = cells.flatMap(({ calls }, cell) => (calls > 0 ? [cell % 24] : []));
  const [first, last] = called.length === 0 ? [0, 23] : [Math.min(...called), Math.max(...called)];
  return Array.from({ length: last - first + 1 }, (_, hour) => first + hour);
}

export function Heatmap({ label, cells }: { label: string; cells: readonly HeatCell[] }) {
  const rates = cells.filter(({ calls }) => calls >= FEW).map(({ calls, answered }) => answered / calls);
  const [least, most] = [Math.min(...rates), Math.max(...rates)];
  const hours = hoursOf(cells);
  const stepOf = ({ calls, answered }: HeatCell) => {
    if (calls < FEW) return calls === 0 ? 'none' : 'few';
    const place = most > least ? (answered / calls - least) / (most - least) : 1;
    return String(Math.min(STEPS - 1, Math.floor(place * STEPS)));
  };
  return (
    <>
      <TableFrame label={label}>
        <table class="heat">
          <thead>
            <tr>
              <th scope="col">
                <span class="sr-only">{t('heat.weekday')}</span>
              </th>
              {hours.map((hour) => (
                <th key={hour} scope="col">
                  {String(hour).padStart(2, '0')}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {DAYS.map((weekday) => (
              <tr key={weekday}>
                <th scope="row">{weekdayName(weekday)}</th>
                {hours.map((hour) => {
                  const cell = cells[weekday * 24 + hour] ?? { calls: 0, answered: 0 };
                  return <Cell key={hour} cell={cell} step={stepOf(cell)} />;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
      <p class="quiet small">{t('heat.note', { few: FEW })}</p>
    </>
  );
}

function Cell({ cell: { calls, answered }, step }: { cell: HeatCell; step: string }) {
  return (
    <td class={`heat-${step}`} title={t('heat.cell', { answered: count(answered), calls: count(calls) })}>
      {calls === 0 ? '' : percent(answered / calls, 0).replace('%', '')}
    </td>
  );
}
