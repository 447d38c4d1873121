// A chart of values over time: drawn on a canvas by uPlot, named in words for those who do not see it, and there as a table.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { colours, language, timeZone } from '../state/preferences.js';
import { dataOf, optionsOf } from './chart-options.js';
import { ChartTable } from './chart-table.js';
import { ChartFiles } from './chart-files.js';
import { Legend, type Pointed, PointedValues } from './legend.js';
import type { TimeChartProps } from './series.js';

export function TimeChart(props: TimeChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const pointed = useSignal<Pointed | undefined>(undefined);
  const chart = useRef<{ readonly drawn: uPlot; shown: string }>(undefined);
  const data = contentOf(props);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const drawn = draw(
      element,
      () => latest.current,
      (at) => {
        pointed.value = at;
      },
    );
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
    <figure class="chart">
      <div class="chart-place">
        <div ref={place} role="img" aria-label={props.label} class="chart-canvas" />
        <PointedValues chart={props} pointed={pointed} />
      </div>
      <Legend {...props} />
      <div class="chart-foot">
        <ChartTable {...props} />
        <ChartFiles chart={props} canvas={() => place.current?.querySelector('canvas') ?? undefined} />
      </div>
    </figure>
  );
}

/** All that a chart is made anew for. */
function structureOf({ series, isStacked, isRate, height }: TimeChartProps): string {
  const lines = series.map(({ label, colour, kind }) => [label, colour, kind]);
  const page = [colours.value, language.value, timeZone.value];
  return JSON.stringify([lines, isStacked, isRate, height, page]);
}

/** All that it shows. */
function contentOf({ times, series, from, to }: TimeChartProps): string {
  return JSON.stringify([times, series.map(({ values }) => values), from, to]);
}

/** @param latest what is to be shown whenever the chart is drawn again */
function draw(
  element: HTMLElement,
  latest: () => TimeChartProps,
  point: (pointed: Pointed | undefined) => void,
): { chart: uPlot; end: () => void } {
  const { height = 200 } = latest();
  const size = () => ({ width: Math.max(240, element.clientWidth), height });
  const chart = new uPlot({ ...optionsOf(latest, point), ...size() }, dataOf(latest()), element);
  const watch = new ResizeObserver(() => {
    chart.setSize(size());
  });
  watch.observe(element);
  const end = () => {
    watch.disconnect();
    chart.destroy();
    point(undefined);
  };
  return { chart, end };
}
