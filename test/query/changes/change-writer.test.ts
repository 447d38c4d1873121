// What was read again, because a server failed in the middle, stands in the answer once. Long lines are sent while they
// are written.
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { StreamedAnswer } from '../../../src/http/answers/streamed-answer.js';
import { CALL_FIELDS } from '../../../src/query/calls/call-fields.js';
import {
  type ChangeAnswer,
  type ChangePageEnd,
  ChangeWriter,
} from '../../../src/query/changes/change-writer.js';

const CALLS = { fields: undefined, isMasked: false };
const END = { nextCursor: 'c', upToDate: true };
const erased = (position: number) => ({ position, callId: `call-${position}`, call: undefined });
const MEGABYTE = 1024 * 1024;
/** Some 1 kB. */
const LONG = { position: 1, callId: 'long-'.repeat(200), call: undefined };

const writerOf = (asLines: boolean, gone = new AbortController().signal) =>
  new ChangeWriter({ calls: CALLS, asLines, most: 100_000, gone });

function answered(asLines: boolean, ...parts: readonly (readonly number[])[][]): Promise<string> {
  const writer = writerOf(asLines);
  for (const attempts of parts) {
    const part = writer.part();
    for (const positions of attempts) {
      part.begin();
      for (const position of positions) part.take(erased(position));
    }
  }
  return textOf(writer.answer(Promise.resolve(END)));
}

async function textOf(answering: Promise<ChangeAnswer>): Promise<string> {
  const { answer } = await answering;
  if (answer instanceof StreamedAnswer) throw new Error('the answer is sent while it is written');
  return typeof answer.content === 'string' ? answer.content : Buffer.concat(answer.content).toString();
}

const ONE = '{"type":"erased","callId":"call-1"}';
const TWO = '{"type":"erased","callId":"call-2"}';

describe.each([
  [false, `{"data":[${ONE},${TWO}],"nextCursor":"c","upToDate":true}`],
  [true, `${ONE}\n${TWO}\n{"type":"page","nextCursor":"c","upToDate":true}\n`],
])('A page of changes (as lines: %s)', (asLines, expected) => {
  it.each([
    ['is read at once', [[[1, 2]]]],
    ['is read in two parts', [[[1]], [[2]]]],
    [
      'is read again from its beginning',
      [
        [
          [1, 2, 3],
          [1, 2],
        ],
      ],
    ],
    ['is read again in its second part', [[[1]], [[2, 3], [], [2]]]],
    ['has parts without a change', [[[]], [[1]], [[]], [[2]]]],
  ])('%s', async (_how, parts) => {
    expect(await answered(asLines, ...parts)).toBe(expected);
  });

  it('begins where nothing was before, although something was read in vain', async () => {
    expect(await answered(asLines, [[3], [1, 2]])).toBe(expected);
  });

  it('may be empty', async () => {
    const end = '"nextCursor":"c","upToDate":true}';
    const empty = asLines ? `{"type":"page",${end}\n` : `{"data":[],${end}`;
    expect(await answered(asLines)).toBe(empty);
    expect(await answered(asLines, [[1], []])).toBe(empty);
  });
});

it('A page takes no more after 16 MB, and has what it took', async () => {
  const writer = writerOf(false);
  const part = writer.part();
  part.begin();
  let taken = 1;
  while (part.take(LONG)) taken += 1;
  const text = await textOf(writer.answer(Promise.resolve(END)));
  const bytes = Buffer.byteLength(text);
  expect(bytes).toBeGreaterThan(16 * MEGABYTE);
  // A change comes after the one that fills the page: what waits to be written is not counted yet.
  expect(bytes).toBeLessThan(17 * MEGABYTE);
  expect(text.split(LONG.callId)).toHaveLength(taken + 1);
});

it('A page takes no more for a client that is gone', () => {
  const client = new AbortController();
  const part = writerOf(true, client.signal).part();
  part.begin();
  expect(part.take(LONG)).toBe(true);
  client.abort();
  expect(part.take(LONG)).toBe(false);
});

describe('Long lines', () => {
  /** Lines that begin to be sent, and how they go on. */
  async function begun() {
    const writer = writerOf(true);
    const taker = writer.part();
    taker.begin();
    let finish: (end: ChangePageEnd) => void = () => undefined;
    let fail: (reason: Error) => void = () => undefined;
    const end = new Promise<ChangePageEnd>((resolve, reject) => {
      [finish, fail] = [resolve, reject];
    });
    const answering = writer.answer(end);
    let taken = 0;
    const take = (bytes: number) => {
      const until = taken + Math.ceil(bytes / LONG.callId.length);
      let takesMore = true;
      for (; taken < until && takesMore; taken += 1) takesMore = taker.take(LONG);
      return takesMore;
    };
    take(1.2 * MEGABYTE);
    const { answer, nextCursor } = await answering;
    expect(nextCursor).toBeUndefined();
    if (!(answer instanceof StreamedAnswer)) throw new Error('the answer is whole');
    const parts = answer.parts[Symbol.asyncIterator]();
    const next = async () => {
      const part = await parts.next();
      return part.done === true ? undefined : Buffer.concat(part.value.texts).toString();
    };
    const takeAll = async () => {
      while (answer.held() >= MEGABYTE) await next();
    };
    return { answer, taker, take, finish, fail, next, takeAll, writer, taken: () => taken };
  }

  it('are sent part by part, and their end when all are taken', async () => {
    const { take, next, finish, taken } = await begun();
    const parts = [await next()];
    take(5 * MEGABYTE);
    for (let count = 0; count < 5; count += 1) parts.push(await next());
    finish(END);
    for (let part = await next(); part !== undefined; part = await next()) parts.push(part);
    const sizes = parts.map((part) => (part?.length ?? 0) / MEGABYTE);
    expect(Math.max(...sizes)).toBeLessThan(0.6);
    // All but the last one are full.
    expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThanOrEqual(0.5);
    const lines = parts.join('').split('\n');
    expect(lines).toHaveLength(taken() + 2);
    expect(lines.slice(-2)).toEqual(['{"type":"page","nextCursor":"c","upToDate":true}', '']);
    expect(new Set(lines.slice(0, -2))).toEqual(new Set([`{"type":"erased","callId":"${LONG.callId}"}`]));
  });

  it('are taken as long as the client takes them, and not when 16 MB wait for it', async () => {
    const { take, next, takeAll, answer } = await begun();
    for (let round = 0; round < 4; round += 1) {
      expect(take(10 * MEGABYTE)).toBe(true);
      const held = answer.held();
      expect(held).toBeGreaterThan(9 * MEGABYTE);
      const part = await next();
      // What waits counts until it is given away.
      expect(answer.held()).toBe(held - (part?.length ?? 0));
      await takeAll();
    }
    expect(take(14 * MEGABYTE)).toBe(true);
    expect(take(3 * MEGABYTE)).toBe(false);
  });

  it('are at most 64 MB, so that they are read in time', async () => {
    const { take, takeAll } = await begun();
    let taken = 1;
    for (; take(4 * MEGABYTE); taken += 4) await takeAll();
    expect(taken).toBeGreaterThan(56);
    expect(taken).toBeLessThan(66);
  });

  it('are not begun anew once some are sent', async () => {
    const { taker, next } = await begun();
    await next();
    expect(() => {
      taker.begin();
    }).toThrow('has been sent already');
  });

  it('are begun anew while none are sent', async () => {
    const { taker, next, finish } = await begun();
    taker.begin();
    taker.take(erased(2));
    finish(END);
    expect(await next()).toBe(`${TWO}\n{"type":"page","nextCursor":"c","upToDate":true}\n`);
  });

  it('go on where what came before was sent, if only what came later is begun anew', async () => {
    const { writer, next, answer, finish, taken } = await begun();
    const second = writer.part();
    second.begin();
    second.take(erased(1));
    const parts = [];
    while (answer.held() >= 0.5 * MEGABYTE) parts.push(await next());
    second.begin();
    second.take(erased(2));
    finish(END);
    parts.push(await next());
    const before = Array<string>(taken()).fill(`{"type":"erased","callId":"${LONG.callId}"}`);
    expect(parts.join('')).toBe(
      [...before, TWO, '{"type":"page","nextCursor":"c","upToDate":true}', ''].join('\n'),
    );
    expect(await next()).toBeUndefined();
  });

  it('are sent as soon as a few large calls fill a part', async () => {
    const writer = writerOf(true);
    const taker = writer.part();
    taker.begin();
    const call = `(${'a'.repeat(200_000)}${','.repeat(CALL_FIELDS.length - 1)})`;
    for (let index = 0; index < 6; index += 1) taker.take({ position: 1, callId: 'a', call });
    const answering = writer.answer(new Promise(() => undefined)).then(({ answer }) => answer);
    expect(await Promise.race([answering, wait(100, 'nothing')])).toBeInstanceOf(StreamedAnswer);
  });

  it('fail when what they are of can not be read', async () => {
    const { next, fail } = await begun();
    fail(new Error('the database is gone'));
    const readOn = async () => {
      while ((await next()) !== undefined);
    };
    await expect(readOn()).rejects.toThrow('the database is gone');
  });
});

it('A long page that is not lines is whole, and is made of several texts', async () => {
  const writer = writerOf(false);
  const part = writer.part();
  part.begin();
  const positions = Array.from({ length: 60_000 }, (_, index) => index);
  for (const position of positions) part.take(erased(position));
  const answering = writer.answer(Promise.resolve(END));
  const { answer, nextCursor } = await answering;
  expect(nextCursor).toBe('c');
  if (answer instanceof StreamedAnswer) throw new Error('the answer is sent while it is written');
  expect(answer.content.length).toBeGreaterThan(1);
  const { data } = JSON.parse(await textOf(answering)) as { data: unknown[] };
  expect(data).toEqual(positions.map((position) => ({ type: 'erased', callId: `call-${position}` })));
});
