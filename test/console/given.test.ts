// How text from outside is shown: what nobody can see in it stands there as an escape, and its JSON is coloured as it
// is read.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { tokensIn } from '../../console/text/json-tokens.js';
import { piecesOf, visible } from '../../console/text/visible.js';
import { dataOf, string } from '../contract/helpers.js';
import { record } from '../support/records.js';
import { installedBrowser } from './browser.js';
import { setStage, type Stage } from './stage.js';

const executable = installedBrowser();
const inBrowser = executable === undefined ? describe.skip : describe;

const OVERRIDE = '\u202E';
const CALL = `rtl-${OVERRIDE}gpj.exe`;
const SHOWN = String.raw`rtl-\u202Egpj.exe`;

describe('A text', () => {
  it('is shown with an escape for each character that turns text round, has no width or is a control', () => {
    expect(visible(`a\u202Eb\u2066c\u200Bd\u0000e\u007Ff\u00ADg\uFEFFh\u2028i\u{E0041}j\uD83D`)).toBe(
      String.raw`a\u202Eb\u2066c\u200Bd\u0000e\u007Ff\u00ADg\uFEFFh\u2028i\u{E0041}j\uD83D`,
    );
  });

  it('of any language, with emoji and combining marks, stays as it is', () => {
    for (const text of ['CRM-1 + 2', '外呼任务', 'مرحبا', 'é e\u0301', '☎️ 😀', String.raw`\u202E`])
      expect([visible(text), piecesOf(text)]).toEqual([text, [{ text, isEscape: false }]]);
  });

  it('keeps the ends of its lines where it may have several', () => {
    const lines = 'one\r\n\ttwo';
    expect(piecesOf(lines, true)).toEqual([{ text: lines, isEscape: false }]);
    expect(visible(lines)).toBe(String.raw`one\u000D\u000A\u0009two`);
  });

  it('has all of its characters in its pieces', () => {
    const any = fc.string({
      unit: fc.oneof(fc.constantFrom('\u202E', '\n', '\uDC00', '\u200D'), fc.string()),
    });
    fc.assert(
      fc.property(any, (text) => {
        const pieces = piecesOf(text);
        expect(pieces.map((piece) => piece.text).join('')).toBe(visible(text));
        expect(visible(visible(text))).toBe(visible(text));
      }),
    );
  });
});

describe('The tokens of JSON', () => {
  /** JSON, also cut off. */
  const json = fc
    .tuple(fc.jsonValue({ noUnicodeString: false }), fc.constantFrom(0, 2), fc.nat(30))
    .map(([value, indent, cut]) => {
      const text = JSON.stringify(value, undefined, indent);
      return text.slice(0, Math.max(1, text.length - cut));
    });

  it('of a part are those of the whole that reach into the part', () => {
    fc.assert(
      fc.property(json, fc.nat(), fc.nat(), (text, some, more) => {
        const from = some % text.length;
        const to = from + (more % (text.length - from + 1));
        const whole = tokensIn(text, 0, text.length);
        expect(tokensIn(text, from, to)).toEqual(whole.filter(({ start, end }) => end > from && start < to));
      }),
      { numRuns: 500 },
    );
  });

  it('are names, texts, numbers and words', () => {
    const text = '{"a\\"b": ["x:", -1.5e3, true], "c" : null}';
    const tokens = tokensIn(text, 0, text.length);
    expect(tokens.map(({ kind, start, end }) => [kind, text.slice(start, end)])).toEqual([
      ['name', '"a\\"b"'],
      ['text', '"x:"'],
      ['number', '-1.5e3'],
      ['word', 'true'],
      ['name', '"c"'],
      ['word', 'null'],
    ]);
  });
});

let stage: Stage;

inBrowser('Ids and bodies', () => {
  beforeAll(async () => {
    stage = await setStage(executable ?? '', 5);
    const changes = { outId: CALL, batchId: CALL, taskId: CALL, smartStatusCode: CALL, statusMsg: CALL };
    await stage.ledger.push([record(CALL, { ...changes, hangupDirection: CALL, newField: CALL })]);
    await stage.ledger.push([record(CALL, { ...changes, hangupDirection: `${CALL}2`, newField: CALL })]);
  });
  afterAll(() => stage.leave());

  /** The text of the page, of attributes that are read, and of what may be chosen. */
  const ALL_TEXT = `[document.body.innerText, ...[...document.querySelectorAll('*')].flatMap((element) =>
    [element.title, element.getAttribute('aria-label'), element.tagName === 'OPTION' ? element.label : '']
  )].join(' ')`;

  it('do not turn text round, wherever they are shown', async () => {
    const { visitor } = stage;
    const path = encodeURIComponent(CALL);
    for (const hash of [
      `/calls/${path}`,
      `/calls?outId=${path}&batchId=${path}&smartStatusCode=${path}`,
      `/tasks/${path}`,
      '/tasks',
      '/drift',
      `/details/${encodeURIComponent(`detail-of-${CALL}`)}`,
      '/audit',
    ]) {
      await visitor.open(hash);
      await visitor.sees(SHOWN);
      const text = String(await visitor.page.evaluate(ALL_TEXT));
      expect([hash, text.includes(OVERRIDE)]).toEqual([hash, false]);
      expect(await visitor.violations()).toEqual([]);
    }
  });

  it('stand from the left to the right, and are copied as they are', async () => {
    const { visitor } = stage;
    await visitor.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await visitor.open(`/calls/${encodeURIComponent(CALL)}`);
    expect(await visitor.page.locator('h1').innerText()).toBe(SHOWN);
    const places = await placesOf('h1');
    expect(places).toHaveLength(SHOWN.length);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    await visitor.page.getByRole('button', { name: "Copy the call's id" }).click();
    await visitor.sees('Copied');
    expect(await visitor.page.evaluate('navigator.clipboard.readText()')).toBe(CALL);
  });

  it('are shown in what was pushed, too, where lines still end', async () => {
    const { ledger, visitor } = stage;
    const pushed = await ledger.push(JSON.stringify([record(CALL)], undefined, 2));
    await visitor.open(`/deliveries/${pushed.headers.get('x-delivery-id') ?? ''}`);
    await visitor.page.getByRole('button', { name: 'Show payload' }).click();
    const shown = await visitor.page.locator('.json').innerText();
    expect(shown).toContain(String.raw`"callId": "rtl-\u202Egpj.exe"`);
    expect([shown.includes(OVERRIDE), shown.split('\n').length > 10]).toEqual([false, true]);
  });

  it('have the same colours in an excerpt as in the whole body', async () => {
    const { ledger, visitor } = stage;
    const records = Array.from({ length: 70 }, (_, index) => record(`beside-${index}`));
    records[45] = { callId: null, outId: 'broken' };
    const pushed = await ledger.push(records);
    const delivery = pushed.headers.get('x-delivery-id') ?? '';
    const [entry] = dataOf(await ledger.get(`/v1/quarantine?deliveryId=${delivery}`));
    await visitor.open(`/deliveries/${delivery}`);
    await visitor.page.getByRole('button', { name: 'Show payload' }).click();
    await visitor.page.locator('.json').waitFor();
    const whole = await charactersOf('.json');
    await visitor.open(`/quarantine/${string(entry?.['id'])}`);
    await visitor.page.getByRole('button', { name: 'Show payload' }).click();
    await visitor.sees('Only the part around the place is shown.');
    const excerpt = await charactersOf('.json');
    const textOf = (characters: readonly Character[]) => characters.map(({ text }) => text).join('');
    const first = textOf(whole).indexOf(textOf(excerpt));
    expect(first).toBeGreaterThan(0);
    expect(excerpt.length).toBeGreaterThan(15_000);
    expect(excerpt).toEqual(whole.slice(first, first + excerpt.length));
  });
});

interface Character {
  readonly text: string;
  readonly colour: string;
}

/** In the page: what a function makes of each text of the last element that a selector finds. */
const ofTexts = (selector: string, code: string) => `(() => {
  const element = [...document.querySelectorAll(${JSON.stringify(selector)})].at(-1);
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode() !== null) found.push(...(${code})(texts.currentNode));
  return found;
})()`;

/** Each character with its colour. */
function charactersOf(selector: string): Promise<Character[]> {
  const code = `(node) => {
    const { color: colour } = getComputedStyle(node.parentElement);
    return node.data.split('').map((text) => ({ text, colour }));
  }`;
  return stage.visitor.page.evaluate<Character[]>(ofTexts(selector, code));
}

/** Where each character begins; pixels from the left. */
function placesOf(selector: string): Promise<number[]> {
  const code = `(node) => Array.from(node.data, (_, at) => {
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    return range.getBoundingClientRect().left;
  })`;
  return stage.visitor.page.evaluate<number[]>(ofTexts(selector, code));
}
