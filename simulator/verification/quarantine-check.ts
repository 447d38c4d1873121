import type { Tally } from '../pushing/tally.js';
import { LARGEST_PAGE, type LedgerApi } from './ledger-api.js';
import { pollUntilNone } from './poll.js';

/** How many of the unreadable records and bodies are in the quarantine. */
export interface QuarantineResult {
  /** Unreadable records in acknowledged pushes, and bodies refused with 400: each must be kept. */
  readonly expected: number;
  /** The number of different ones of this run in the quarantine; null if the service has no such list. */
  readonly found: number | null;
  /** The number of their entries: more than `found` if something is kept twice. */
  readonly entries: number;
}

const PATH = '/v1/quarantine';

/** Counts this run's entries in the quarantine, by the marks in its broken records and bodies. */
export async function checkQuarantine(
  api: LedgerApi,
  tally: Tally,
  run: string,
  timeoutMs: number,
): Promise<QuarantineResult> {
  const expected = tally.brokenRecordsAcknowledged + tally.bodiesRefused;
  if (expected === 0) return { expected, found: 0, entries: 0 };
  const { status } = await api.get(PATH, { limit: '1' });
  if (status !== 200) return { expected, found: null, entries: 0 };
  let kept = { found: 0, entries: 0 };
  await pollUntilNone(async () => {
    kept = await countMarks(api, run);
    return Math.max(0, expected - kept.found);
  }, timeoutMs);
  return { expected, ...kept };
}

async function countMarks(api: LedgerApi, run: string): Promise<{ found: number; entries: number }> {
  const mark = new RegExp(`(?:broken-(?:body-)?${run}-|\\b${run})\\d+`);
  const marks = new Set<string>();
  let entries = 0;
  for await (const page of api.pages(PATH, { limit: String(LARGEST_PAGE) })) {
    for (const { raw, rawEncoding } of page) {
      const text = typeof raw === 'string' ? raw : '';
      // Bytes that are not UTF-8 come as base64. The marks in them are ASCII.
      const found = mark.exec(
        rawEncoding === 'base64' ? Buffer.from(text, 'base64').toString('latin1') : text,
      )?.[0];
      if (found === undefined) continue;
      marks.add(found);
      entries += 1;
    }
  }
  return { found: marks.size, entries };
}
