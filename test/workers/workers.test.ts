// Limits end a thread, and neither the service nor the work of others.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MemoryPlan } from '../../src/config/memory-plan.js';
import { read } from '../../src/ingestion/reading/tasks.js';
import { FairQueue } from '../../src/workers/fair-queue.js';
import { TaskEndedError, ThreadLostError, Workers } from '../../src/workers/workers.js';
import { IS_LONG } from '../support/form.js';
import { OTHER_PUSH_TOKEN, PUSH_TOKEN, startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { runInThreads } from '../support/threads.js';

/** Seconds of reading. */
const SLOW = Buffer.from(`[{"callId":"slow","x":1${'0'.repeat(30_000_000)}}]`);
/** 1,995,000 keys that differ, each of an object: 400 MB once they are parsed. */
const LARGE = Buffer.from(
  `[${Array.from({ length: 21 }, (_, record) => `{${Array.from({ length: 95_000 }, (_, index) => `"${record}-${index}":{}`).join(',')}}`).join(',')}]`,
);
/** While memory grows short, a busy machine may need too long as well. */
const TOO_MUCH = /took more than (256 MB|60 s)/;
const SMALL = Buffer.from('[{"callId":"small"}]');

describe('A thread', () => {
  const workers = new Workers(MemoryPlan.FULL);
  afterAll(() => workers.onApplicationShutdown());
  const readOn = (body: Buffer, share: string, mostSeconds?: number) =>
    workers.run(read, { body, zone: 'Asia/Shanghai' }, share, mostSeconds);

  it('is ended when its task takes too long, and others go on', async () => {
    const slow = readOn(SLOW, 'slow', 0.5);
    const small = readOn(SMALL, 'small');
    await expect(slow).rejects.toThrow(TaskEndedError);
    await expect(slow).rejects.toThrow('took more than 0.5 s');
    expect(await small).toMatchObject({ records: 1 });
    expect(await readOn(SMALL, 'slow')).toMatchObject({ records: 1 });
  });

  // It takes half a minute of processor time, and so does the one below, where the service itself meets such a body.
  (IS_LONG ? it : it.skip)('is ended when its task takes too much memory, and others go on', async () => {
    const large = readOn(LARGE, 'large');
    const small = readOn(SMALL, 'small');
    await expect(large).rejects.toThrow(TaskEndedError);
    await expect(large).rejects.toThrow(TOO_MUCH);
    expect(await small).toMatchObject({ records: 1 });
    expect(await readOn(SMALL, 'large')).toMatchObject({ records: 1 });
  });

  it('is replaced where it could not start, and all that waited is done', async () => {
    const fresh = new Workers(MemoryPlan.FULL);
    const folder = mkdtempSync(join(tmpdir(), 'call-ledger-threads-'));
    const program = join(folder, 'program.mjs');
    writeFileSync(
      program,
      `import { mkdirSync } from 'node:fs';
       const isFirst = mkdirSync(${JSON.stringify(join(folder, 'first'))}, { recursive: true }) !== undefined;
       // By then, the other thread is ready, and this one has been given work.
       if (isFirst) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
       if (isFirst) throw new Error('no room for a thread');
       export * from ${JSON.stringify(pathToFileURL(Workers.program).href)};`,
    );
    try {
      runInThreads(program);
      const works = ['one', 'another'].map((share) =>
        fresh.run(read, { body: SMALL, zone: 'Asia/Shanghai' }, share),
      );
      expect(await Promise.all(works)).toMatchObject([{ records: 1 }, { records: 1 }]);
      await fresh.onApplicationShutdown();
    } finally {
      runInThreads();
      rmSync(folder, { recursive: true });
    }
  });

  it('that can not be had is told at once, and what must be done is done without one', async () => {
    const fresh = new Workers(MemoryPlan.FULL);
    try {
      runInThreads('/nowhere/program.mjs');
      const work = fresh.run(read, { body: SMALL, zone: 'Asia/Shanghai' }, 'share');
      await expect(work).rejects.toThrow(ThreadLostError);
      expect(await fresh.runSurely(() => Promise.resolve('done'), undefined, 200_000, 'share')).toBe('done');
      await fresh.onApplicationShutdown();
    } finally {
      runInThreads();
    }
  });

  it('gives the error that its task throws', async () => {
    await expect(workers.run(read, { body: SMALL, zone: 'Nowhere/Else' }, 'share')).rejects.toThrow(/zone/i);
  });
});

(IS_LONG ? describe : describe.skip)('A body that takes too much', () => {
  let ledger: TestLedger;
  beforeAll(async () => {
    ledger = await startLedger();
  });
  afterAll(() => ledger.stop());

  it('is refused, and kept; others are read meanwhile, and the next one too', async () => {
    const long = 'x'.repeat(200_000);
    const [answer, beside] = await Promise.all([
      ledger.request(`/push/${PUSH_TOKEN}/call-reports`, { method: 'POST', body: LARGE }),
      ledger.request(`/push/${OTHER_PUSH_TOKEN}/call-reports`, {
        method: 'POST',
        body: JSON.stringify([record('beside', { long })]),
      }),
    ]);
    expect([answer.status, answer.text]).toEqual([400, expect.stringMatching(TOO_MUCH)]);
    expect(beside.status).toBe(200);
    await until('the body to be kept', async () => {
      const [row] = await ledger.database.query<{ bytes: number }>(
        'SELECT length(raw)::int AS bytes FROM quarantine',
      );
      return row?.bytes === LARGE.length;
    });
    expect((await ledger.push([record('next', { long })])).status).toBe(200);
    expect((await ledger.get('/v1/calls/next')).body).toMatchObject({ extra: { long } });
  });
});

describe('Work that waits', () => {
  /** Begins works in this order, so many at once, and gives the order in which they began. */
  async function orderOf(names: readonly string[], most: number, mostOfOne: number): Promise<string[]> {
    const queue = new FairQueue(most, mostOfOne);
    const began: string[] = [];
    const ends: (() => void)[] = [];
    const works = names.map((name) =>
      queue.run(name, () => {
        began.push(name);
        return new Promise<void>((end) => ends.push(end));
      }),
    );
    for (let ended = 0; ended < names.length; ended += 1) {
      await until('the next to begin', () => ends.length > ended);
      ends[ended]?.();
    }
    await Promise.all(works);
    return began;
  }

  it('takes turns by its shares', async () => {
    expect(await orderOf(['a', 'a', 'a', 'b', 'b', 'c'], 1, 1)).toEqual(['a', 'b', 'c', 'a', 'b', 'a']);
  });

  it('leaves room for others', async () => {
    expect(await orderOf(['a', 'a', 'b'], 2, 1)).toEqual(['a', 'b', 'a']);
  });
});
