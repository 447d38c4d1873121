// Three weeks of simulated campaigns, up to yesterday, for a person to look at.
import type { CampaignOptions } from '../../simulator/records/campaign-options.js';
import { CallFactory } from '../../simulator/records/call-factory.js';
import { recordText } from '../../simulator/records/record-text.js';
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
  unpushed: 0,
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

/** A record whose id has another name than the vendor gives it. */
export const STRAY =
  '{"taskId":"118183022732400000","call_id":"1000626900876^1000000000042","outId":"CRM-1","callee":"13900000000","duration":31,"statusCode":"200000"}';
const STRAYS = ['{"taskId":"118183022732400000","outId":"CRM-0","callee":"13900000000"}', '"not a record"'];
/** Those of every day. */
const ids = new CallFactory(OPTIONS).ids;
const CUT_OFF = '[{"callId":"cut-off","callee":"13900000000","duration":';

/** @param callsADay on working days; on others fewer */
export async function pushSample(ledger: TestLedger, callsADay: number): Promise<Sample> {
  let ofDay = await pushDay(ledger, callsADay, DAYS);
  for (let back = DAYS - 1; back > 0; back -= 1) {
    if (back === 7) await ledger.push(CUT_OFF);
    ofDay = await pushDay(ledger, callsADay, back);
  }
  const broken = await ledger.push(`[{"callId":"beside","outId":"CRM-1"},${STRAY}]`);
  const delivery = broken.headers.get('x-delivery-id') ?? '';
  return { taskId: ids.taskId(0), delivery, ...ofDay };
}

/** @param back how many days ago */
async function pushDay(ledger: TestLedger, callsADay: number, back: number) {
  const date = new Date(Date.now() - back * DAY_MS);
  const isWeekend = date.getUTCDay() % 6 === 0;
  const calls = Math.round(callsADay * (isWeekend ? 0.25 : 0.8 + 0.3 * Math.sin(back)));
  const factory = new CallFactory({ ...OPTIONS, calls, firstDay: date.toISOString().slice(0, 10) });
  // The same campaigns every day, a new batch every week.
  const textOf = (call: number, version: 0 | 1) => {
    const task = factory.taskOf(call);
    const [taskId, batchId] = [ids.taskId(task), ids.batchId(task, Math.floor((DAYS - back) / 7))];
    return recordText({ ...factory.facts(call, version), taskId, batchId }, factory.oddities.of(call));
  };
  const texts = Array.from({ length: calls }, (_, call) => textOf(call, 0));
  if (back % 7 === 0) texts.splice(3, 0, ...STRAYS);
  for (let at = 0; at < texts.length; at += A_PUSH)
    await ledger.push(`[${texts.slice(at, at + A_PUSH).join(',')}]`);
  const corrected = answeredAfterAll(factory, calls);
  await ledger.push(`[${textOf(corrected, 1)},${textOf(11, 1)}]`);
  return { corrected: factory.callIdOf(corrected), redialled: factory.facts(9, 0).detailId };
}

/** A call that was not answered at first, and of two legs when it was corrected. */
function answeredAfterAll(factory: CallFactory, calls: number): number {
  for (let call = 0; call < calls; call += 1) {
    const isAnswered = factory.facts(call, 1).bStartTime !== null;
    if (isAnswered && factory.facts(call, 0).startTime === null) return call;
  }
  return 7;
}
