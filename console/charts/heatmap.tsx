// Calls and answered ones by the hour and weekday in, a table of answer rates out, coloured by them.
import { useState } from 'preact/hooks';
import { t } from '../i18n/i18n.js';
import { count, dateTime, percent, weekdayName } from '../time/format.js';
import { Dialog } from '../ui/dialog.js';
import { TableFrame } from '../ui/table-frame.js';

/** Of an hour of a weekday; by `weekday * 24 + hour`. */
export interface HeatCell {
  calls: number;
  answered: number;
  /** What it adds up. */
  readonly hours: HeatHour[];
}

interface HeatHour {
  /** Epoch milliseconds. */
  readonly from: number;
  readonly calls: number;
  readonly answered: number;
  readonly href: string | undefined;
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
                  const cell = cells[weekday * 24 + hour] ?? NOTHING;
                  const name = `${weekdayName(weekday)} ${String(hour).padStart(2, '0')}:00`;
                  return <Cell key={hour} name={name} cell={cell} step={stepOf(cell)} />;
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

const NOTHING: HeatCell = { calls: 0, answered: 0, hours: [] };

/** Leads to its calls: at once, or by the hours that it adds up. */
function Cell({ name, cell, step }: { name: string; cell: HeatCell; step: string }) {
  const [isOpen, setOpen] = useState(false);
  const { calls, answered, hours } = cell;
  const told = t('heat.cell', { answered: count(answered), calls: count(calls) });
  const rate = calls === 0 ? '' : percent(answered / calls, 0);
  const text = rate.replace('%', '');
  // What is seen is part of it: people say it to have it pressed.
  const label = `${name}: ${rate}, ${told}`;
  const [first] = hours;
  return (
    <td class={`heat-${step}`} title={told}>
      {first?.href === undefined ? (
        text
      ) : hours.length === 1 ? (
        <a href={first.href} aria-label={label}>
          {text}
        </a>
      ) : (
        <button
          type="button"
          aria-label={label}
          onClick={() => {
            setOpen(true);
          }}
        >
          {text}
        </button>
      )}
      {isOpen && (
        <Dialog
          title={name}
          onClose={() => {
            setOpen(false);
          }}
        >
          <Hours hours={hours} />
        </Dialog>
      )}
    </td>
  );
}

function Hours({ hours }: { hours: readonly HeatHour[] }) {
  return (
    <ul class="hours">
      {hours.toReversed().map(({ from, calls, answered, href }) => (
        <li key={from}>
          <a href={href}>{dateTime(from).slice(0, 16)}</a>{' '}
          <span class="quiet">{t('heat.cell', { answered: count(answered), calls: count(calls) })}</span>
        </li>
      ))}
    </ul>
  );
}
