// The time axes of the charts as they are drawn: in any zone, whatever the browser's own is.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DateTime } from 'luxon';
import { rangeOf } from '../../console/time/range.js';
import { API_KEY } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { installedBrowser } from './browser.js';
import { setStage, type Stage } from './stage.js';
import { Visitor } from './visitor.js';

const executable = installedBrowser();
const inBrowser = executable === undefined ? describe.skip : describe;

let stage: Stage;

/** From now on each canvas of the page keeps what is written on it, with the place; CSS pixels from its left and its top. */
const KEEP_TEXTS = `(() => {
  const { fillText, clearRect } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function (...rectangle) {
    this.canvas.texts = [];
    return clearRect.apply(this, rectangle);
  };
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...rest) {
    const { x: left, y: top } = this.getTransform().transformPoint({ x, y });
    (this.canvas.texts ??= []).push({ text, left: left / devicePixelRatio, top: top / devicePixelRatio });
    return fillText.call(this, text, x, y, ...rest);
  };
})()`;

interface Label {
  readonly text: string;
  /** Of the axis, from 0 at its beginning to 1 at its end. */
  readonly place: number;
}

interface Axis {
  readonly labels: readonly Label[];
  /** Pixels. */
  readonly width: number;
}

/** The time axis of each chart: what is written below its plot. */
const AXES = `[...document.querySelectorAll('.uplot')].map((chart) => {
  const [canvas, plot] = [chart.querySelector('canvas'), chart.querySelector('.u-over')];
  const [own, over] = [canvas, plot].map((element) => element.getBoundingClientRect());
  const labels = (canvas.texts ?? [])
    .filter(({ text, top }) => text && own.top + top > over.bottom)
    .map(({ text, left }) => ({ text, place: (own.left + left - over.left) / over.width }));
  return { labels, width: over.width };
})`;

/** @param browserZone of the browser @param zone that the console shows */
async function visitorIn(browserZone: string, zone: string): Promise<Visitor> {
  const { browser, ledger } = stage;
  const localStorage = [{ name: 'call-ledger.timeZone', value: zone }];
  const visitor = await Visitor.at(browser, ledger.url, {
    timezoneId: browserZone,
    storageState: { cookies: [], origins: [{ origin: ledger.url, localStorage }] },
  });
  await visitor.signIn(API_KEY);
  await visitor.page.evaluate(KEEP_TEXTS);
  return visitor;
}

/** Of the three charts of the overview. */
async function axesOf(visitor: Visitor, hash: string): Promise<Axis[]> {
  await visitor.open(hash);
  let axes: Axis[] = [];
  await until('three axes', async () => {
    axes = await visitor.page.evaluate<Axis[]>(AXES);
    return axes.length === 3 && axes.every(({ labels }) => labels.length > 0);
  });
  return axes;
}

/** The instant that a label means: the nearest to where it stands at which a day begins with this date, or clocks show this time. */
function meantBy(text: string, at: number, zone: string): number {
  const about = DateTime.fromMillis(at, { zone });
  const days = [-1, 0, 1].map((days) => about.plus({ days }).startOf('day'));
  const [hour, minute] = text.split(':').map(Number);
  const wanted =
    minute === undefined
      ? days.filter((day) => day.setLocale('en-GB').toFormat('d LLL') === text)
      : days.flatMap((day) => timesOf(day.set({ hour: hour ?? 0, minute })));
  const far = (one: DateTime) => Math.abs(one.toMillis() - at);
  return [...wanted].sort((a, b) => far(a) - far(b))[0]?.toMillis() ?? NaN;
}

/** Clocks that are set back show a time twice. */
function timesOf(first: DateTime): DateTime[] {
  const second = first.plus({ hours: 1 });
  return second.toFormat('HH:mm') === first.toFormat('HH:mm') ? [first, second] : [first];
}

inBrowser('The time axes of the console', () => {
  beforeAll(async () => {
    stage = await setStage(executable ?? '', 5);
    // One a day, over both changes of Berlin's clocks in 2025.
    const days = ['2025-03-26', '2025-10-22'].flatMap((first) =>
      Array.from({ length: 9 }, (_, day) => DateTime.fromISO(first).plus({ days: day }).toISODate() ?? ''),
    );
    await stage.ledger.push(
      days.map((day) =>
        record(`of-${day}`, {
          originateTime: `${day} 12:00:00`,
          startTime: null,
          taskId: 'daily',
          endTime: null,
        }),
      ),
    );
  });
  afterAll(() => stage.leave());

  it.each([
    ['America/New_York', 'Asia/Shanghai'],
    ['UTC', 'Asia/Shanghai'],
    ['America/New_York', 'Asia/Kolkata'],
    ['Asia/Shanghai', 'Europe/Berlin'],
    ['Europe/Berlin', 'America/New_York'],
  ])(
    'have ticks at the times that they name, in a browser of %s that shows %s',
    async (browserZone, zone) => {
      const visitor = await visitorIn(browserZone, zone);
      for (const [from, to] of [
        ['2025-10-23', '2025-10-30'],
        ['2025-03-27', '2025-04-03'],
        ['2025-10-26', '2025-10-27'],
        ['2025-03-30', '2025-03-31'],
      ] as const) {
        const { range } = rangeOf({ from, to }, Date.now(), '24h', zone);
        if (range === undefined) throw new Error('no range');
        const axes = await axesOf(visitor, `/overview?from=${from}&to=${to}`);
        for (const { labels, width } of axes) {
          const pixel = (range.to - range.from) / width;
          for (const { text, place } of labels) {
            const at = range.from + place * (range.to - range.from);
            const away = Math.abs(meantBy(text, at, zone) - at) / pixel;
            expect([zone, from, text, away < 1.5]).toEqual([zone, from, text, true]);
          }
          const dates = labels.filter(({ text }) => !text.includes(':'));
          const days = (range.to - range.from) / 86_400_000;
          // The narrow ones have every second day, at least.
          expect(dates.length).toBeGreaterThanOrEqual(Math.floor(days / 2));
        }
        const outcomes = axes[2]?.labels.filter(({ text }) => !text.includes(':')) ?? [];
        expect(outcomes.length).toBeGreaterThanOrEqual(Math.round((range.to - range.from) / 86_400_000));
      }
      await visitor.leave();
    },
  );
});
