// The charts of the console: their legends, what they tell at the pointer, and that nothing moves below it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Locator } from 'playwright-core';
import { dataOf } from '../contract/helpers.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { installedBrowser } from './browser.js';
import { setStage, type Stage } from './stage.js';

const executable = installedBrowser();
const inBrowser = executable === undefined ? describe.skip : describe;

interface StatusCodes {
  readonly smartStatusCode: readonly { readonly code: string; readonly label: string | null }[];
}

/** Of a legend; pixels. */
interface Part {
  readonly text: string;
  readonly top: number;
  readonly left: number;
  readonly right: number;
  /** Where the legend ends. */
  readonly room: number;
}

const PARTS = `(() => {
  const chart = [...document.querySelectorAll('.chart')].at(-1);
  return [...chart.querySelectorAll('.chart-legend li')].map((part) => {
    const { top, left, right } = part.getBoundingClientRect();
    const room = part.parentElement.getBoundingClientRect().right;
    return { text: part.innerText.trim(), top, left, right, room };
  });
})()`;

let stage: Stage;

/** Points at a chart, whose width may still change. */
async function pointAt(plot: Locator, share: number): Promise<void> {
  await until('the pointer to be over the chart', async () => {
    const { width = 0 } = (await plot.boundingBox()) ?? {};
    const pointing = plot.hover({ position: { x: width * share + 1, y: 20 }, timeout: 1000 });
    return pointing.then(
      () => true,
      () => false,
    );
  });
}

inBrowser('The charts of the console', () => {
  beforeAll(async () => {
    stage = await setStage(executable ?? '', 60);
    // As many on a day as on the one before.
    await stage.ledger.push(
      ['24', '25', '26', '27'].map((day) =>
        record(`of-${day}`, { originateTime: `2025-10-${day} 12:00:00`, startTime: null, endTime: null }),
      ),
    );
  });
  afterAll(() => stage.leave());

  it.each([1280, 390])('move nothing when the pointer is over them, at a width of %d', async (width) => {
    const { visitor } = stage;
    const { page } = visitor;
    await page.setViewportSize({ width, height: 900 });
    await visitor.open('/overview?span=7d&compare=1');
    const places = () =>
      page.evaluate<
        string[]
      >(`[...document.querySelectorAll('main *:not(.u-over *):not(.chart-tip, .chart-tip *)')].map((element) => {
        const { left, top, width, height } = element.getBoundingClientRect();
        return [element.className, left, top + scrollY, width, height].join(' ');
      })`);
    const service = () => page.locator('.tiles-service').innerHTML();
    const withoutAndWith = async (plot: Locator, share: number): Promise<[string[], string[]]> => {
      await page.mouse.move(0, 0);
      const shown = await service();
      const before = await places();
      await pointAt(plot, share);
      await visitor.holds(
        `document.querySelector('.chart:has(.u-over:hover) :is(.chart-time, .u-value)') !== null`,
      );
      const after = await places();
      // What the service says of itself may have changed meanwhile.
      return (await service()) === shown ? [before, after] : withoutAndWith(plot, share);
    };
    for (const plot of await page.locator('.u-over').all()) {
      await plot.scrollIntoViewIfNeeded();
      for (const part of [0.1, 0.5, 0.9]) {
        const [before, after] = await withoutAndWith(plot, part);
        expect(after).toEqual(before);
      }
    }
    await page.mouse.move(0, 0);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('of one row are equally high, in both languages', async () => {
    const { visitor } = stage;
    const { page } = visitor;
    await visitor.open('/overview?span=7d&compare=1');
    for (const language of ['中文', 'English']) {
      await page.getByRole('button', { name: language }).click();
      const heights = await page.evaluate<number[]>(
        `[...document.querySelectorAll('.pair > .panel')].map((panel) => panel.offsetHeight)`,
      );
      expect([heights.length, new Set(heights).size]).toEqual([2, 1]);
    }
  });

  it('name their parts from the foot of the stack to its top, in lines that are full before the next begins', async () => {
    const { ledger, visitor } = stage;
    await visitor.open('/overview?span=30d');
    await visitor.sees('Rejected');
    const from = new Date(Math.floor(Date.now() / 900_000 - 31 * 96) * 900_000).toISOString();
    const rows = dataOf(await ledger.get(`/v1/stats/calls?groupBy=smartStatusCode&from=${from}`));
    const { body } = await ledger.get('/v1/status-codes');
    const codes = new Map((body as StatusCodes).smartStatusCode.map(({ code, label }) => [label, code]));
    const parts = (await visitor.page.evaluate<Part[]>(PARTS)).sort(
      (a, b) => a.top - b.top || a.left - b.left,
    );
    const calls = parts.flatMap(({ text }) => {
      const found = rows.find((row) => codes.has(text) && row['smartStatusCode'] === codes.get(text));
      return found === undefined ? [] : [Number(found['calls'])];
    });
    expect(calls.length).toBeGreaterThan(5);
    expect(calls).toEqual([...calls].sort((a, b) => b - a));
    for (const [index, { top, right, room }] of parts.entries()) {
      const next = parts[index + 1];
      if (next === undefined || next.top === top) continue;
      expect([next.text, right + next.right - next.left > room]).toEqual([next.text, true]);
    }
  });

  it('name a dashed line by a dashed one', async () => {
    const { visitor } = stage;
    await visitor.open('/overview?span=7d&compare=1');
    const style = await visitor.page.evaluate(`(() => {
      const part = [...document.querySelectorAll('.chart-legend li')].find((one) => one.innerText === 'Calls, previous period');
      return part && getComputedStyle(part.querySelector('.swatch')).borderTopStyle;
    })()`);
    expect(style).toBe('dashed');
  });

  it('tell the values at the pointer, with their time', async () => {
    const { visitor } = stage;
    await visitor.open('/overview?from=2025-10-26&to=2025-10-27');
    const plot = visitor.page.locator('.u-over').first();
    // Noon.
    await pointAt(plot, 0.5);
    const chart = visitor.page.locator('.chart').first();
    await chart.locator('.chart-time', { hasText: '2025-10-26 12:00' }).waitFor();
    const values = (await chart.locator('.chart-value').allInnerTexts()).map((text) => text.split(/\s+/));
    expect(values).toEqual([
      ['Calls', '1'],
      ['Answered', '1'],
    ]);
    // The others show the same moment.
    expect(await visitor.page.locator('.chart-time').allInnerTexts()).toEqual(
      Array(3).fill('2025-10-26 12:00'),
    );
    await visitor.page.mouse.move(0, 0);
    await chart.locator('.chart-time').waitFor({ state: 'detached' });
  });

  it('and tiles say of what did not change that it went neither up nor down', async () => {
    const { visitor } = stage;
    await visitor.open('/overview?from=2025-10-26&to=2025-10-28&compare=1');
    const change = visitor.page.locator('.tile', { hasText: 'Calls' }).locator('.change').first();
    expect(await change.innerText()).toBe('0.0% vs previous period');
    expect(await change.locator('svg').count()).toBe(0);
  });
});
