// Values over time in, a chart out: drawn on a canvas by uPlot, told in words to who does not see it, and there as a table.
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { t } from '../i18n/i18n.js';
import { colours, language, timeZone } from '../state/preferences.js';
import { clock, dateTime, day } from '../time/format.js';
import { ChartTable } from './chart-table.js';
import { resolved } from './colours.js';
import { isolated } from './isolated.js';
import type { Series, TimeChartProps } from './series.js';

const DAY_S = 86_400;

export function TimeChart(props: TimeChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const { label, isStacked = false } = props;
  const latest = useRef(props);
  latest.current = props;
  const chart = useRef<{ readonly drawn: uPlot; shown: string }>(undefined);
  const data = contentOf(props);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const drawn = draw(element, () => latest.current);
    chart.current = { drawn: drawn.chart, shown: data };
    return drawn.end;
  }, [structureOf(props)]);
  // A chart that stays keeps what the pointer is at.
  useEffect(() => {
    if (chart.current === undefined || chart.current.shown === data) return;
    chart.current.shown = data;
    chart.current.drawn.setData(dataOf(latest.current));
  }, [data]);
  return (
    <figure class={isStacked ? 'chart chart-stacked' : 'chart'}>
      <div ref={place} role="img" aria-label={label} class="chart-canvas" />
      <ChartTable {...props} />
    </figure>
  );
}

/** All that a chart is made anew for. */
function structureOf({ series, isStacked, top, height }: TimeChartProps): string {
  const lines = series.map(({ label, colour, kind }) => [label, colour, kind]);
  const page = [colours.value, language.value, timeZone.value];
  return JSON.stringify([lines, isStacked, top, height, page]);
}

/** All that it shows. */
function contentOf({ times, series, from, to }: TimeChartProps): string {
  return JSON.stringify([times, series.map(({ values }) => values), from, to]);
}

/** @param latest what is to be shown whenever the chart is drawn again */
function draw(element: HTMLElement, latest: () => TimeChartProps): { chart: uPlot; end: () => void } {
  const { height = 200 } = latest();
  const size = () => ({ width: Math.max(240, element.clientWidth), height });
  const chart = new uPlot({ ...optionsOf(latest), ...size() }, dataOf(latest()), element);
  const watch = new ResizeObserver(() => {
    chart.setSize(size());
  });
  watch.observe(element);
  const end = () => {
    watch.disconnect();
    chart.destroy();
  };
  return { chart, end };
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

/** Series in the order in which they are drawn. */
function orderedOf({ series, isStacked = false }: TimeChartProps): readonly Series[] {
  return isStacked ? [...series].reverse() : series;
}

function optionsOf(latest: () => TimeChartProps): Omit<uPlot.Options, 'width' | 'height'> {
  const { top = 0 } = latest();
  const ordered = orderedOf(latest());
  const show = (value: number | null) => latest().show(value);
  const [text, grid] = [resolved('--quiet'), resolved('--line')];
  const axis = { stroke: text, font: '12px system-ui, sans-serif', grid: { stroke: grid, width: 1 } };
  return {
    // To the right, room for the half of the last label.
    padding: [10, 24, 0, 0],
    legend: {
      live: true,
      markers: { width: 0, fill: (_chart, index) => resolved(ordered[index - 1]?.colour ?? '--quiet') },
    },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    scales: {
      x: { time: true, range: () => [latest().from / 1000, latest().to / 1000] },
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
      {
        ...axis,
        ticks: { show: false },
        size: 52,
        space: 34,
        values: (_chart, values) => values.map((value) => (latest().showOnAxis ?? show)(value)),
      },
    ],
    series: [
      {
        label: t('chart.time'),
        value: (_chart, seconds: number | null) =>
          seconds === null ? '–' : dateTime(seconds * 1000).slice(0, 16),
      },
      ...ordered.map((line, index) => seriesOf(line, () => orderedOf(latest())[index]?.values ?? [], show)),
    ],
  };
}

function seriesOf(
  { label, colour, kind }: Series,
  values: () => Series['values'],
  show: TimeChartProps['show'],
): uPlot.Series {
  const drawn = resolved(colour);
  const base: uPlot.Series = {
    label,
    stroke: drawn,
    // Of bars on each other the chart knows the sums only.
    value: (_chart, _value, _series, index) => (index === null ? '–' : show(values()[index] ?? null)),
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
    // No line leads to a value without neighbours.
    points: { show: false, filter: () => isolated(values()), size: 5 },
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
