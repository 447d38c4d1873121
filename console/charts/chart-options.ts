// How uPlot draws a chart of values over time.
import uPlot from 'uplot';
import { timeZone } from '../state/preferences.js';
import { clock, date, day } from '../time/format.js';
import { tickKind, timeTicks } from '../time/ticks.js';
import { resolved } from './colours.js';
import { isolated } from './isolated.js';
import type { Pointed } from './legend.js';
import type { Series, TimeChartProps } from './series.js';

/** Pixels of a label of the time axis, with the space around it. */
const LABEL_SPACE = 64;
/** Pixels; less is a click. */
const LEAST_DRAG = 6;
/** Of 1: less of a difference is no matter. */
const LEAST_RATES = 0.1;

/** uPlot wants seconds. Of bars on each other it wants sums, the highest first: the lower ones are drawn over it. */
export function dataOf({ times, series, isStacked = false }: TimeChartProps): uPlot.AlignedData {
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

/**
 * @param latest what is to be shown whenever the chart is drawn again
 * @param point is told what the pointer is at
 */
export function optionsOf(
  latest: () => TimeChartProps,
  point: (pointed: Pointed | undefined) => void,
): Omit<uPlot.Options, 'width' | 'height'> {
  const { isRate = false } = latest();
  const ordered = orderedOf(latest());
  return {
    // To the right, room for the half of the last label.
    padding: [10, 24, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: latest().onRange !== undefined, y: false, setScale: false, dist: LEAST_DRAG },
      points: { size: 6 },
      // All charts of the page show the same moment.
      sync: { key: 'time', setSeries: false, scales: ['x', null] },
    },
    scales: {
      x: { time: true, range: () => [latest().from / 1000, latest().to / 1000] },
      y: {
        range: (_chart, least, most) => (isRate ? fitted(least, most) : [0, most * 1.06 || 1]),
      },
    },
    axes: axesOf(latest),
    series: [
      {},
      ...ordered.map((line, index) => seriesOf(line, () => orderedOf(latest())[index]?.values ?? [])),
    ],
    hooks: {
      setCursor: [
        ({ cursor: { idx, left = -1 }, over }) => {
          const place = { left: left + over.offsetLeft, isLeft: left > over.clientWidth / 2 };
          point(idx == null || left < 0 ? undefined : { index: idx, ...place });
        },
      ],
      setSelect: [
        (chart) => {
          const { left, width } = chart.select;
          if (width < LEAST_DRAG) return;
          const at = (x: number) => Math.round(chart.posToVal(x, 'x') * 1000);
          chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          latest().onRange?.(at(left), at(left + width));
        },
      ],
      ready: [
        (chart) => {
          followClicks(chart, latest);
        },
      ],
    },
  };
}

/** Around the rates that there are, with some room, and at least {@link LEAST_RATES} high. */
function fitted(least: number, most: number): [number, number] {
  if (!Number.isFinite(least) || !Number.isFinite(most)) return [0, 1];
  const height = Math.max((most - least) * 1.16, LEAST_RATES);
  const middle = (least + most) / 2;
  const low = Math.min(Math.max(0, middle - height / 2), Math.max(0, 1 - height));
  return [low, Math.min(1, low + height)];
}

/** A click, which is no drag, leads to the calls of the value at the pointer. */
function followClicks(chart: uPlot, latest: () => TimeChartProps): void {
  let start = 0;
  chart.over.addEventListener('pointerdown', ({ clientX }) => {
    start = clientX;
  });
  chart.over.addEventListener('click', ({ clientX, offsetY }) => {
    const { idx } = chart.cursor;
    if (idx == null || Math.abs(clientX - start) >= LEAST_DRAG) return;
    const href = seriesAt(latest(), idx, chart.posToVal(offsetY, 'y'))?.hrefOf?.(idx);
    if (href !== undefined) location.hash = href;
  });
}

/** The part of the bar at a height; the first series above it, and of lines. */
function seriesAt({ series, isStacked = false }: TimeChartProps, index: number, height: number) {
  const bars = series.filter(({ kind }) => kind === 'bars');
  let sum = 0;
  const tops = bars.map((line) => {
    const value = line.values[index] ?? 0;
    return { line, top: isStacked ? (sum += value) : value };
  });
  const reached = tops.filter(({ top }) => top >= height).sort((a, b) => a.top - b.top);
  return reached[0]?.line ?? (isStacked ? tops.at(-1)?.line : series[0]);
}

function axesOf(latest: () => TimeChartProps): uPlot.Axis[] {
  const [text, grid] = [resolved('--quiet'), resolved('--line')];
  const axis = { stroke: text, font: '12px system-ui, sans-serif', grid: { stroke: grid, width: 1 } };
  const show = (value: number) => {
    const { showOnAxis, show: otherwise } = latest();
    return (showOnAxis ?? otherwise)(value);
  };
  return [
    {
      ...axis,
      grid: { show: false },
      ticks: { stroke: grid, width: 1, size: 5 },
      size: 44,
      space: LABEL_SPACE,
      // uPlot tells the pixels of this one step, which is the whole axis.
      incrs: (_chart, _axis, from, to) => [to - from],
      splits: (_chart, _axis, from, to, _step, width) => ticksOf(from, to, width),
      values: (_chart, ticks) => labelsOf(ticks),
    },
    {
      ...axis,
      ticks: { show: false },
      size: 52,
      space: 34,
      values: (_chart, values) => values.map(show),
    },
  ];
}

/** @param from seconds, as `to` and what is returned */
function ticksOf(from: number, to: number, width: number): number[] {
  const least = ((to - from) * 1000 * LABEL_SPACE) / width;
  return timeTicks(from * 1000, to * 1000, least, timeZone.value).map((at) => at / 1000);
}

/** Where a day begins, its date; the time of the day elsewhere. An axis within a day has the date below its first time. */
function labelsOf(ticks: readonly number[]): string[] {
  const [first = 0, second = first] = ticks;
  const kindOf = (seconds: number) => tickKind(seconds * 1000, (second - first) * 1000, timeZone.value);
  const isWithinDay = ticks.every((seconds) => kindOf(seconds) === 'clock');
  return ticks.map((seconds, index) => {
    const at = seconds * 1000;
    const kind = kindOf(seconds);
    if (kind === 'year') return date(at).slice(0, 4);
    if (kind === 'day') return day(at);
    return isWithinDay && index === 0 ? `${clock(at)}\n${day(at)}` : clock(at);
  });
}

function seriesOf({ label, colour, kind }: Series, values: () => Series['values']): uPlot.Series {
  const drawn = resolved(colour);
  const base: uPlot.Series = { label, stroke: drawn, points: { show: false } };
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
