// Three weeks of simulated campaigns, up to yesterday, for a person to look at.
import type { CampaignOptions } from '../../src/simulator/records/campaign-options.js';
import { CallFactory } from '../../src/simulator/records/call-factory.js';
import { recordText } from '../../src/simulator/records/record-text.js';
import type { TestLedger } from '../support/ledger.js';

const DAY_MS = 86_400_000;
const DAYS = 21;
const TASKS = 4;
const A_PUSH = 200;

const OPTIONS: CampaignOptions = {
  seed: 'console',
  calls: 0,
  tasks: TASKS,
  batches: 3,
  firstDay: '2025-09-01',
  batchSize: A_PUSH,
  duplicates: 0,
  corrections: 0,
  broken: 0,
  brokenBodies: 0,
  reorder: 0,
  strange: 0.01,
};

/** What the sample holds that tests ask for. */
export interface Sample {
  readonly taskId: string;
  /** A call that was corrected. */
  readonly corrected: string;
  /** A person who was called again. */
  readonly redialled: string;
  /** A delivery with a record that could not be read. */
  readonly delivery: string;
}

/** @param callsADay on working days; on others fewer */
export async function pushSample(ledger: TestLedger, callsADay: number): Promise<Sample> {
  const ids = new CallFactory(OPTIONS).ids;
  let corrected = '';
  let redialled = '';
  let delivery = '';
  for (let back = DAYS; back > 0; back -= 1) {
    const date = new Date(Date.now() - back * DAY_MS);
    const isWeekend = date.getUTCDay() % 6 === 0;
    const calls = Math.round(callsADay * (isWeekend ? 0.25 : 0.8 + 0.3 * Math.sin(back)));
    const factory = new CallFactory({ ...OPTIONS, calls, firstDay: date.toISOString().slice(0, 10) });
    // The same campaigns every day, a new batch every week.
    const textOf = (call: number, version: 0 | 1) => {
      const { taskOf, facts } = { taskOf: factory.taskOf(call), facts: factory.facts(call, version) };
      const [taskId, batchId] = [ids.taskId(taskOf), ids.batchId(taskOf, Math.floor((DAYS - back) / 7))];
      return recordText({ ...facts, taskId, batchId }, factory.oddities.of(call));
    };
    const texts = Array.from({ length: calls }, (_, call) => textOf(call, 0));
    if (back % 7 === 0)
      texts.splice(3, 0, '{"taskId":"1181","outId":"CRM-0","callee":"13900000000"}', '"not a record"');
    for (let at = 0; at < texts.length; at += A_PUSH) {
      const answer = await ledger.push(`[${texts.slice(at, at + A_PUSH).join(',')}]`);
      if (at === 0) delivery = answer.headers.get('x-delivery-id') ?? '';
    }
    await ledger.push(`[${textOf(7, 1)},${textOf(11, 1)}]`);
    corrected = factory.callIdOf(7);
    redialled = factory.facts(9, 0).detailId;
    if (back === 7) await ledger.push('[{"callId":"cut-off","callee":"13900000000","duration":');
    if (back === DAYS) await ledger.push(`[${textOf(7, 1)},${textOf(11, 1)}]`);
  }
  // With a record in it that could not be read.
  const broken = await ledger.push(
    '[{"callId":"beside","outId":"CRM-1"},{"stray":true,"callee":"13900000000"}]',
  );
  delivery = broken.headers.get('x-delivery-id') ?? delivery;
  return { taskId: ids.taskId(0), corrected, redialled, delivery };
}
