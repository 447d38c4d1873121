import type { Signal } from '@preact/signals';
import { dateTime } from '../time/format.js';
import { Cut } from '../ui/given.js';
import type { Series, TimeChartProps } from './series.js';

/** What the pointer is at. */
export interface Pointed {
  readonly index: number;
  /** CSS pixels from the left of the chart. */
  readonly left: number;
}

interface PointedProps {
  readonly chart: TimeChartProps;
  /** Undefined: the pointer is elsewhere. */
  readonly pointed: Signal<Pointed | undefined>;
}

/** Which colour is what, and the values at the pointer. They have their room before they are there: nothing moves. */
export function Legend({ chart: { series, show }, pointed }: PointedProps) {
  const index = pointed.value?.index;
  return (
    <ul class="legend chart-legend">
      {series.map((line) => (
        <li key={line.label}>
          <span
            class={`swatch swatch-${line.kind}`}
            style={{ color: `var(${line.colour})` }}
            aria-hidden="true"
          />
          <span class="quiet">
            <Cut text={line.label} />
          </span>
          <strong class="chart-value" style={{ minWidth: roomFor(line, show) }}>
            {index !== undefined && show(line.values[index] ?? null)}
          </strong>
        </li>
      ))}
    </ul>
  );
}

/** The greatest value has the longest text. A `%` is half as wide again as a digit. */
function roomFor({ values }: Series, show: TimeChartProps['show']): string {
  return `${show(Math.max(0, ...values.map((value) => value ?? 0))).length + 0.6}ch`;
}

/** The time at the pointer, over the chart. */
export function PointedTime({ chart: { times }, pointed }: PointedProps) {
  const { index = -1, left = 0 } = pointed.value ?? {};
  const at = times[index];
  if (at === undefined) return null;
  return (
    <span class="chart-time" style={{ left: `clamp(0px, ${left}px - 9ch, 100% - 18ch)` }} aria-hidden="true">
      {dateTime(at).slice(0, 16)}
    </span>
  );
}
