// Calls and answered ones by the hour and weekday in, a table of answer rates out, coloured by them.
import { t } from '../i18n/i18n.js';
import { count, percent, weekdayName } from '../time/format.js';

/** Of an hour of a weekday; by `weekday * 24 + hour`. */
export interface HeatCell {
  calls: number;
  answered: number;
}

/** Of fewer calls a rate says little. */
const FEW = 10;
const STEPS = 6;
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const DAYS = Array.from({ length: 7 }, (_, weekday) => weekday);

export function Heatmap({ label, cells }: { label: string; cells: readonly HeatCell[] }) {
  const rates = cells.filter(({ calls }) => calls >= FEW).map(({ calls, answered }) => answered / calls);
  const [least, most] = [Math.min(...rates), Math.max(...rates)];
  const stepOf = ({ calls, answered }: HeatCell) => {
    if (calls < FEW) return calls === 0 ? 'none' : 'few';
    const place = most > least ? (answered / calls - least) / (most - least) : 1;
    return String(Math.min(STEPS - 1, Math.floor(place * STEPS)));
  };
  return (
    <>
      <div class="table-frame" role="region" aria-label={label} tabIndex={0}>
        <table class="heat">
          <thead>
            <tr>
              <th scope="col">
                <span class="sr-only">{t('heat.weekday')}</span>
              </th>
              {HOURS.map((hour) => (
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
                {HOURS.map((hour) => {
                  const cell = cells[weekday * 24 + hour] ?? { calls: 0, answered: 0 };
                  const { calls, answered } = cell;
                  return (
                    <td
                      key={hour}
                      class={`heat-${stepOf(cell)}`}
                      title={t('heat.cell', { answered: count(answered), calls: count(calls) })}
                    >
                      {calls === 0 ? '' : percent(answered / calls, 0).replace('%', '')}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="quiet small">{t('heat.note', { few: FEW })}</p>
    </>
  );
}
