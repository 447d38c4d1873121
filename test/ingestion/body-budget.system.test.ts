import { describe, expect, it } from 'vitest';
import { mkdtempSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { MemoryPlan } from '../../src/config/memory-plan.js';
import { BodyBudget, type BodyNotReadError, type BodyShare } from '../../src/ingestion/push/body-budget.js';
import { createDatabase } from '../support/database.js';
import { removeFolder } from '../support/files.mjs';
import { record } from '../support/records.js';
import { ACCESS, freePort, ServiceProcess, until } from '../support/service.js';

const MB = 1024 * 1024;
const TOO_MUCH = 'Too much is being pushed at once';

/** @param cuts the errors by which shares were told to end */
function opened(budget: BodyBudget, source: string, bytes: number, cuts: BodyNotReadError[] = []): BodyShare {
  const share = budget.open(source);
  share.cut = (error) => cuts.push(error);
  share.take(bytes);
  return share;
}

describe('The budget of the bodies under way', () => {
  it('lets a source have half of what the others leave, and again what it has given back', () => {
    const budget = new BodyBudget(MemoryPlan.FULL);
    const whole = [opened(budget, 'a', 60 * MB), opened(budget, 'a', 60 * MB)];
    for (const share of whole) share.complete();
    expect(() => opened(budget, 'a', 10 * MB)).toThrow(TOO_MUCH);
    opened(budget, 'b', 60 * MB).complete();
    expect(() => opened(budget, 'b', 10 * MB)).toThrow(TOO_MUCH);
    whole[0]?.close();
    opened(budget, 'b', 30 * MB);
    opened(budget, 'a', 10 * MB);
  });

  it('leaves something for another source, however many have their share', () => {
    const budget = new BodyBudget(MemoryPlan.FULL);
    for (let source = 0; source < 5; source += 1) {
      const take = () => {
        opened(budget, `source-${source}`, MB).complete();
      };
      for (let taken = 0; taken < 15; taken += 1) take();
    }
    opened(budget, 'another', 32 * MB);
  });

  it('counts bytes as they come, not as they are declared', () => {
    const budget = new BodyBudget(MemoryPlan.FULL);
    const shares = Array.from({ length: 1000 }, () => opened(budget, 'a', 1));
    expect(shares).toHaveLength(1000);
    opened(budget, 'a', 100 * MB);
  });

  it('ends the body that has been coming for the longest to make room for another one of its source', () => {
    const budget = new BodyBudget(MemoryPlan.FULL);
    const cuts: BodyNotReadError[] = [];
    const others: BodyNotReadError[] = [];
    opened(budget, 'b', 20 * MB, others);
    opened(budget, 'a', 50 * MB, cuts);
    const second = opened(budget, 'a', 50 * MB);
    opened(budget, 'a', 50 * MB);
    expect(cuts.map(({ why, message }) => [why, message])).toEqual([['too much at once', TOO_MUCH]]);
    expect(others).toEqual([]);
    // That is read by now, and can't make room any more.
    second.complete();
    opened(budget, 'a', 60 * MB);
  });

  it('takes small pushes while large ones have used their share up', () => {
    const budget = new BodyBudget(MemoryPlan.FULL);
    for (let large = 0; large < 2; large += 1) opened(budget, 'a', 62 * MB).complete();
    expect(() => opened(budget, 'a', 5 * MB)).toThrow(TOO_MUCH);
    for (let small = 0; small < 400; small += 1) opened(budget, 'a', 64 * 1024).complete();
  });

  it('gives back all that a push has held, once', () => {
    const budget = new BodyBudget(MemoryPlan.FULL);
    for (let times = 0; times < 50; times += 1) {
      const share = opened(budget, 'a', 30 * MB);
      share.take(30 * MB);
      share.complete();
      share.close();
      share.close();
    }
  });
});

/** A heap as large as the memory leaves the least for bodies: 64 MB, of which one source gets half. */
const LEAST_FOR_BODIES = { NODE_OPTIONS: `--max-old-space-size=${Math.floor(totalmem() / MB)}` };
const MORE_THAN_HALF_OF_THAT = ' '.repeat(20 * MB);

describe('The bytes of a body', () => {
  it('count until its write has ended, which goes on after the journal has taken the push', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'call-ledger-held-body-'));
    const database = await createDatabase();
    const environment = { ...ACCESS, ...LEAST_FOR_BODIES, DATABASE_URL: database.url };
    const service = ServiceProcess.start(folder, await freePort(), environment);
    const locker = new Client({ connectionString: database.url });
    const push = async (callId: string) => {
      const body = `[${JSON.stringify(record(callId))}${MORE_THAN_HALF_OF_THAT}]`;
      const answer = await fetch(service.pushUrl, { method: 'POST', body });
      return { status: answer.status, text: await answer.text() };
    };
    try {
      await service.ready();
      await locker.connect();
      await locker.query('BEGIN; LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE');
      expect((await push('written')).status).toBe(200);
      expect(await push('beside')).toMatchObject({ status: 503, text: expect.stringContaining(TOO_MUCH) });
      await locker.query('COMMIT');
      await service.has('written');
      await until('the write to have ended', async () => (await push('after')).status === 200);
    } finally {
      await locker.end();
      await service.end('SIGKILL');
      await database.drop();
      await removeFolder(folder);
    }
  });
});
