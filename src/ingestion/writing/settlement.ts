// The rule for what stands of a call, in one place. No database here.
//
// 1. What was received last stands. The row holds the content with the latest receipt, whatever the order in which
//    deliveries are written (by a slow transaction, a journal, another process, a replay).
// 2. A duplicate has the content of the row, from the same source. It moves the row's last receipt and nothing else.
// 3. Other content that was received later replaces the row. Other content that was received earlier only enters the
//    history, without a revision number.
// 4. A bare record, which has nothing but ids, never replaces content and is never the last receipt of one. Any
//    content replaces a bare row, whenever it was received.
// 5. Of the records of a call within one delivery the last one counts, and a bare one only if there is no other.
// 6. A call was first received with the earliest record that was written for it.
//
// The writer adds one more rule: what was received before an erasure of its call changes nothing (late-erasure.repository.ts).
import { type CallRecord, IDENTIFIERS } from '../../call/call-record.js';
import type { CallState, Standing } from './call-state.js';

/** What a record did to the ledger. */
export type RecordOutcome = 'stored' | 'corrected' | 'duplicate';

/** A content that is not the row's. Its `revision` is null when it never was. */
export interface PastContent {
  readonly state: CallState;
  readonly revision: number | null;
}

/** The changes that make the ledger hold what came. */
export interface Settlement {
  /** Rows in their new state, each once. */
  readonly replaced: readonly { readonly before: CallState; readonly after: CallState }[];
  /** Rows that keep their content and get other receipts, each once. */
  readonly renewed: readonly Standing[];
  readonly past: readonly PastContent[];
  /** One outcome for each record that came, in its order. */
  readonly outcomes: readonly RecordOutcome[];
}

/** A call was erased, or its time was over, after its row was seen: the transaction must begin anew. */
export class CallVanishedError extends Error {
  constructor() {
    super('a call to correct was deleted meanwhile');
  }
}

/** The fields that say which call, and nothing about it. */
const IDS: ReadonlySet<string> = new Set(IDENTIFIERS);

/**
 * Settles records whose calls are known already.
 *
 * @param stored the rows as they are, by callId
 * @param incoming the records as first states, oldest delivery first
 * @throws CallVanishedError when one of their calls has no row
 */
export function settle(stored: ReadonlyMap<string, CallState>, incoming: readonly CallState[]): Settlement {
  const current = new Map<string, CallState>();
  const past: PastContent[] = [];
  const outcomes = incoming.map((state): RecordOutcome => {
    const { callId } = state.record;
    const row = current.get(callId) ?? stored.get(callId);
    if (row === undefined) throw new CallVanishedError();
    const { outcome, after, replaced, rejected } = settleOne(row, state);
    current.set(callId, after);
    if (replaced) past.push({ state: row, revision: row.revision });
    if (rejected) past.push({ state, revision: null });
    return outcome;
  });
  const pairs = [...current].flatMap(([callId, after]) => {
    const before = stored.get(callId);
    return before === undefined ? [] : [{ before, after }];
  });
  return {
    replaced: pairs.filter(({ before, after }) => before.revision !== after.revision),
    renewed: pairs.flatMap(({ before, after }) =>
      before.revision === after.revision && !hasSameReceipts(before, after) ? [after] : [],
    ),
    past,
    outcomes,
  };
}

interface SettledOne {
  readonly outcome: RecordOutcome;
  readonly after: CallState;
  /** The row's content goes to the history. */
  readonly replaced: boolean;
  /** The record goes to the history, and never was the row's. */
  readonly rejected: boolean;
}

function settleOne(row: CallState, state: CallState): SettledOne {
  const firstReceivedAt = Math.min(row.firstReceivedAt, state.firstReceivedAt);
  if (isDuplicate(row, state))
    return { outcome: 'duplicate', after: renew(row, state), replaced: false, rejected: false };
  const [isRowBare, isStateBare] = [isBare(row), isBare(state)];
  if (isStateBare === isRowBare ? isReceivedBefore(state, row) : isStateBare) {
    const says = !isStateBare || isRowBare || contradicts(state.record, row.record);
    const after = { ...row, firstReceivedAt };
    return { outcome: says ? 'corrected' : 'duplicate', after, replaced: false, rejected: says };
  }
  const after = { ...state, revision: row.revision + 1, firstReceivedAt };
  return { outcome: 'corrected', after, replaced: true, rejected: false };
}

/** A second source makes the call its own by pushing the same: what was received last stands, with its source. */
export function isDuplicate(row: Standing, state: Standing): boolean {
  return row.contentHash === state.contentHash && row.source === state.source;
}

/** The row's receipts once a duplicate of it has come. */
export function renew<Row extends Standing>(row: Row, duplicate: Standing): Row {
  const firstReceivedAt = Math.min(row.firstReceivedAt, duplicate.firstReceivedAt);
  if (isReceivedBefore(duplicate, row)) return { ...row, firstReceivedAt };
  const { lastReceivedAt, lastDeliveryId } = duplicate;
  return { ...row, firstReceivedAt, lastReceivedAt, lastDeliveryId };
}

export function hasSameReceipts(a: Standing, b: Standing): boolean {
  return a.firstReceivedAt === b.firstReceivedAt && a.lastDeliveryId === b.lastDeliveryId;
}

/** Within one millisecond the deliveries' ids decide: they are made in order. */
function isReceivedBefore(state: Standing, row: Standing): boolean {
  if (state.lastReceivedAt !== row.lastReceivedAt) return state.lastReceivedAt < row.lastReceivedAt;
  return state.lastDeliveryId < row.lastDeliveryId;
}

/** Whether a record has nothing but ids. */
export function isBare({ record, extra }: Pick<CallState, 'record' | 'extra'>): boolean {
  return extra === null && Object.entries(record).every(([field, value]) => IDS.has(field) || value === null);
}

/** Whether a bare record names another task, batch, entry or reference than the row. */
function contradicts(bare: CallRecord, row: CallRecord): boolean {
  return IDENTIFIERS.some((name) => bare[name] !== null && bare[name] !== row[name]);
}
