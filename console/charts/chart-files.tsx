// A chart as a file: its values as CSV, what it looks like as PNG.
import { t } from '../i18n/i18n.js';
import { csvOf } from '../text/csv.js';
import { saveCsv, saveFile } from '../ui/files.js';
import { dateTime } from '../time/format.js';
import { resolved } from './colours.js';
import type { TimeChartProps } from './series.js';

interface Props {
  readonly chart: TimeChartProps;
  readonly canvas: () => HTMLCanvasElement | undefined;
}

export function ChartFiles({ chart, canvas }: Props) {
  const { name, times, series } = chart;
  const csv = () => {
    const head = [t('chart.time'), ...series.map(({ label }) => label)];
    const lines = times.map((time, index) => [
      dateTime(time),
      ...series.map(({ values }) => values[index] ?? null),
    ]);
    saveCsv(name, csvOf([head, ...lines]));
  };
  const png = () => {
    const drawn = canvas();
    if (drawn !== undefined) savePicture(chart, drawn);
  };
  return (
    <span class="chart-files">
      <button type="button" class="link" aria-label={t('chart.csv', { name })} onClick={csv}>
        CSV
      </button>
      <button type="button" class="link" aria-label={t('chart.png', { name })} onClick={png}>
        PNG
      </button>
    </span>
  );
}

/** CSS pixels. */
const LINE = 20;
const EDGE = 12;

/** The chart on its ground, with its name above and its legend below. */
function savePicture({ name, series }: TimeChartProps, chart: HTMLCanvasElement): void {
  const scale = devicePixelRatio;
  const picture = document.createElement('canvas');
  picture.width = chart.width;
  picture.height = chart.height + (2 * LINE + 2 * EDGE) * scale;
  const pen = picture.getContext('2d');
  if (pen === null) return;
  pen.fillStyle = resolved('--sheet');
  pen.fillRect(0, 0, picture.width, picture.height);
  pen.drawImage(chart, 0, (LINE + EDGE) * scale);
  pen.scale(scale, scale);
  pen.textBaseline = 'middle';
  pen.font = '600 14px system-ui, sans-serif';
  pen.fillStyle = resolved('--ink');
  pen.fillText(name, EDGE, EDGE + LINE / 2);
  pen.font = '12px system-ui, sans-serif';
  const y = picture.height / scale - EDGE;
  let x = EDGE;
  for (const { label, colour } of series) {
    pen.fillStyle = resolved(colour);
    pen.fillRect(x, y - 5, 10, 10);
    pen.fillStyle = resolved('--ink');
    pen.fillText(label, x + 15, y);
    x += 15 + pen.measureText(label).width + EDGE;
  }
  picture.toBlob((blob) => {
    if (blob !== null) saveFile(blob, `${name}.png`);
  }, 'image/png');
}
