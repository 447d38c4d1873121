// Values over time in, a chart out: drawn on a canvas by uPlot, told in words to who does not see it, and there as a table.
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { t } from '../i18n/i18n.js';
import { colours, language, timeZone } from '../state/preferences.js';
import { clock, dateTime, day } from '../time/format.js';
import { ChartTable } from './chart-table.js';
import { resolved } from './colours.js';

const DAY_S = 86_400;

export interface Series {
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** A custom property of the style sheet. */
  readonly colour: string;
  readonly kind: 'bars' | 'line' | 'dashed';
}

export interface TimeChartProps {
  readonly label: string;
  /** Where each value's part of the range begins; epoch milliseconds. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly show: (value: number | null) => string;
  /** Whether the bars stand on each other. */
  readonly isStacked?: boolean;
  /** The least upper end of the scale. */
  readonly top?: number;
  readonly height?: number;
}

export function TimeChart(props: TimeChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const { label, times, series, from, to, isStacked = false, height = 200 } = props;
  const drawn = [colours.value, language.value, timeZone.value].join(' ');
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const width = () => Math.max(240, element.clientWidth);
    const chart = new uPlot({ ...optionsOf(props), width: width(), height }, dataOf(props), element);
    const watch = new ResizeObserver(() => {
      chart.setSize({ width: width(), height });
    });
    watch.observe(element);
    return () => {
      watch.disconnect();
      chart.destroy();
    };
  }, [times, series, from, to, height, drawn]);
  return (
    <figure class={isStacked ? 'chart chart-stacked' : 'chart'}>
      <div ref={place} role="img" aria-label={label} class="chart-canvas" />
      <ChartTable {...props} />
    </figure>
  );
}

/** uPlot wants seconds; of bars on each other, the sums, the highest first: the lower ones are drawn over it. */
function dataOf({ times, series, isStacked = false }: TimeChartProps): uPlot.AlignedData {
  const seconds = times.map((time) => time / 1000);
  if (!isStacked) return [seconds, ...series.map(({ values }) => [...values])];
  const sums = times.map(() => 0);
  const stacks = series.map(({ values }) =>
    values.map((value, index) => (sums[index] = (sums[index] ?? 0) + (value ?? 0))),
  );
  return [seconds, ...stacks.reverse()];
}

function optionsOf(props: TimeChartProps): Omit<uPlot.Options, 'width' | 'height'> {
  const { series, from, to, show, isStacked = false, top = 0 } = props;
  const ordered = isStacked ? [...series].reverse() : [...series];
  const [text, grid] = [resolved('--quiet'), resolved('--line')];
  const axis = { stroke: text, font: '12px system-ui, sans-serif', grid: { stroke: grid, width: 1 } };
  return {
    padding: [10, 8, 0, 0],
    legend: {
      live: true,
      markers: { width: 0, fill: (_chart, index) => resolved(ordered[index - 1]?.colour ?? '--quiet') },
    },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    scales: {
      x: { time: true, range: [from / 1000, to / 1000] },
      y: { range: (_chart, _least, most) => [0, Math.max(top, most * 1.06) || 1] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        ticks: { stroke: grid, width: 1, size: 5 },
        size: 30,
        space: 64,
        values: timeLabels,
      },
      { ...axis, ticks: { show: false }, size: 52, space: 34, values: (_chart, values) => values.map(show) },
    ],
    series: [
      {
        label: t('chart.time'),
        value: (_chart, seconds: number | null) =>
          seconds === null ? '–' : dateTime(seconds * 1000).slice(0, 16),
      },
      ...ordered.map((line) => seriesOf(line, show)),
    ],
  };
}

function seriesOf({ label, values, colour, kind }: Series, show: TimeChartProps['show']): uPlot.Series {
  const drawn = resolved(colour);
  const base: uPlot.Series = {
    label,
    stroke: drawn,
    // Of bars on each other the chart knows the sums only.
    value: (_chart, _value, _series, index) => (index === null ? '–' : show(values[index] ?? null)),
    points: { show: false },
  };
  if (kind === 'bars') {
    const paths = uPlot.paths.bars?.({ size: [0.82, 60], align: 1 });
    return { ...base, fill: drawn, width: 0, ...(paths && { paths }) };
  }
  return {
    ...base,
    width: kind === 'dashed' ? 1.5 : 2,
    ...(kind === 'dashed' && { dash: [5, 4] }),
    spanGaps: false,
    points: { show: values.filter((value) => value !== null).length < 3, size: 5 },
  };
}

/** Hours where the ticks are nearer than a day; days otherwise, and where a day begins. */
function timeLabels(_chart: uPlot, splits: number[], _axis: number, _space: number, step: number): string[] {
  return splits.map((seconds) => {
    const at = seconds * 1000;
    const isMidnight = clock(at) === '00:00';
    return step >= DAY_S || isMidnight ? day(at) : clock(at);
  });
}
