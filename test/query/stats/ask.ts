// What the tests of the statistics share: calls at instants, questions, short answers.
import { dataOf, type Json, string } from '../../contract/helpers.js';
import type { TestLedger } from '../../support/ledger.js';

/** A call that nobody answered, at an instant. */
export const at = (originateTime: string, changes: Json = {}) => ({
  ...{ originateTime, bOriginateTime: originateTime, ringTime: null, startTime: null, endTime: null },
  ...{ duration: 0, smartStatusCode: 'NO_ANSWER' },
  ...changes,
});

/** @param delayS seconds until the callee answered */
export const answered = (
  originateTime: string,
  delayS: number,
  duration: number | null,
  changes: Json = {},
) =>
  at(originateTime, {
    startTime: new Date(Date.parse(originateTime) + delayS * 1000).toISOString(),
    ...{ duration, smartStatusCode: 'ANSWERED' },
    ...changes,
  });

export function pathOf(parameters: Record<string, string>): string {
  return `/v1/stats/calls?${new URLSearchParams(parameters).toString()}`;
}

export async function stats(ledger: TestLedger, parameters: Record<string, string> = {}): Promise<Json[]> {
  return dataOf(await ledger.get(pathOf(parameters)));
}

/** `start end calls`, without seconds. */
export const short = (rows: Json[]) =>
  rows.map(
    ({ start, end, calls }) => `${string(start).slice(0, 16)} ${string(end).slice(0, 16)} ${String(calls)}`,
  );

export async function withLedger<T>(
  ledger: Promise<TestLedger>,
  work: (ledger: TestLedger) => Promise<T>,
): Promise<T> {
  const own = await ledger;
  try {
    return await work(own);
  } finally {
    await own.stop();
  }
}
