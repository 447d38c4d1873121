import type { Signal } from '@preact/signals';
import { dateTime } from '../time/format.js';
import { Cut } from '../ui/given.js';
import type { Series, TimeChartProps } from './series.js';

/** What the pointer is at. */
export interface Pointed {
  readonly index: number;
  /** CSS pixels from the left of the chart. */
  readonly left: number;
  /** Whether there is more room to the left of the pointer. */
  readonly isLeft: boolean;
}

/** Which colour is what. A name leads to the calls that it counts. */
export function Legend({ series }: TimeChartProps) {
  return (
    <ul class="legend chart-legend">
      {series.map((line) => (
        <li key={line.label}>
          <Swatch line={line} />
          {line.href === undefined ? (
            <span class="quiet">
              <Cut text={line.label} />
            </span>
          ) : (
            <a href={line.href}>
              <Cut text={line.label} />
            </a>
          )}
        </li>
      ))}
    </ul>
  );
}

function Swatch({ line: { kind, colour } }: { line: Series }) {
  return <span class={`swatch swatch-${kind}`} style={{ color: `var(${colour})` }} aria-hidden="true" />;
}

interface PointedProps {
  readonly chart: TimeChartProps;
  /** Undefined: the pointer is elsewhere. */
  readonly pointed: Signal<Pointed | undefined>;
}

/** The time and the values at the pointer, beside it: over the chart, so that nothing moves. Bars on each other stand as there. */
export function PointedValues({ chart, pointed }: PointedProps) {
  const { times, series, show, isStacked = false } = chart;
  const { index = -1, left = 0, isLeft = false } = pointed.value ?? {};
  const at = times[index];
  if (at === undefined) return null;
  const lines = (isStacked ? series.toReversed() : series).filter(
    ({ values }) => !isStacked || (values[index] ?? 0) !== 0,
  );
  return (
    <div
      class={isLeft ? 'chart-tip chart-tip-left' : 'chart-tip'}
      style={{ left: `${left}px` }}
      aria-hidden="true"
    >
      <strong class="chart-time">{dateTime(at).slice(0, 16)}</strong>
      {lines.map((line) => (
        <span key={line.label} class="chart-value">
          <Swatch line={line} />
          <span class="chart-name">
            <Cut text={line.label} />
          </span>
          <strong>{show(line.values[index] ?? null)}</strong>
        </span>
      ))}
    </div>
  );
}
