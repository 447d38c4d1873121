import { setTimeout as wait } from 'node:timers/promises';
import type { CallFactory } from '../records/call-factory.js';
import { ApiError, isObject, LARGEST_PAGE, type LedgerApi } from './ledger-api.js';

/** Whether the ledger found and repaired exactly the calls that were never pushed. */
export interface CompletenessResult {
  /** Calls that were never pushed. */
  readonly expected: number;
  /** Those that the ledger's check named. */
  readonly named: number;
  /** Entries that the check named although their calls were pushed. */
  readonly misnamed: number;
  readonly repaired: number;
  /** Entries whose callId the query API does not say. That is no fault. */
  readonly unrepairable: number;
}

const PATH = '/v1/completeness';
const PAUSE_MS = 500;

/**
 * Lets the ledger check and repair itself.
 *
 * @throws ApiError when it can't be asked, or when a run fails or does not end in time
 */
export async function checkCompleteness(
  api: LedgerApi,
  factory: CallFactory,
  timeoutMs: number,
): Promise<CompletenessResult> {
  const unpushed = new Set<string>();
  for (let call = 0; call < factory.options.calls; call += 1)
    if (!factory.isPushed(call)) unpushed.add(factory.ids.detailId(factory.detailOf(call)));
  await run(api, 'checks', timeoutMs);
  const named = await entriesOf(api, factory, 'missing,unrepairable');
  await run(api, 'repairs', timeoutMs);
  const repaired = await entriesOf(api, factory, 'repaired');
  const unrepairable = await entriesOf(api, factory, 'unrepairable');
  return {
    expected: unpushed.size,
    named: named.filter((detailId) => unpushed.has(detailId)).length,
    misnamed: named.filter((detailId) => !unpushed.has(detailId)).length,
    repaired: repaired.filter((detailId) => unpushed.has(detailId)).length,
    unrepairable: unrepairable.length,
  };
}

/** Returns the number of faults. */
export function faultsOf({ expected, named, misnamed, repaired, unrepairable }: CompletenessResult): number {
  return expected - named + misnamed + Math.abs(expected - repaired - unrepairable);
}

/** Requests a run and waits for its end, as long as it goes on. */
async function run(api: LedgerApi, kind: 'checks' | 'repairs', timeoutMs: number): Promise<void> {
  const { id } = await api.post(`${PATH}/${kind}`, {});
  let before = '';
  for (let end = performance.now() + timeoutMs; ;) {
    const now = await api.getObject(`${PATH}/${kind}/${String(id)}`);
    if (now.status === 'done') return;
    if (now.status === 'failed') throw new ApiError(`${PATH}/${kind} failed: ${String(now.problem)}`);
    const progress = JSON.stringify(now);
    if (progress !== before) end = performance.now() + timeoutMs;
    before = progress;
    if (performance.now() > end) throw new ApiError(`${PATH}/${kind} makes no progress: ${progress}`);
    await wait(PAUSE_MS);
  }
}

/** The ids of the entries in some states, of all tasks of the run. */
async function entriesOf(api: LedgerApi, factory: CallFactory, state: string): Promise<string[]> {
  const ids: string[] = [];
  for (let task = 0; task < factory.options.tasks; task += 1) {
    const path = `${PATH}/${factory.ids.taskId(task)}/missing`;
    const { status } = await api.get(path, { limit: '1' });
    // A task without calls is not checked.
    if (status === 404) continue;
    for await (const page of api.pages(path, { state, limit: String(LARGEST_PAGE) }))
      for (const entry of page) if (isObject(entry)) ids.push(String(entry.detailId));
  }
  return ids;
}
