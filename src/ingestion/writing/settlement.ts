// The rules that decide which content the row of a call has. They are the same for its note and its recording, each with
// a row of its own. This file does not use the database.
//
// 1. The row has the content that was received last. The order in which deliveries are written does not matter (they
// may be delayed by a slow transaction, a journal, another process or a replay).
// 2. A duplicate has the content of the row, from the same source. It only changes the row's last receipt.
// 3. Other content that was received later replaces the row. Other content that was received earlier only goes to the
// history, without a revision number.
// 4. A record has a rank: a bare one has only ids, a pulled one has content from the vendor's query API, and a pushed
// one has content from a push. A record replaces a row of a lower rank, whenever it was received. It never replaces a
// row of a higher rank. Receipts are only compared within a rank.
// 5. If a delivery has several records of a call, the last one counts. A bare one counts only if there is no other.
// 6. The first receipt of a call is the earliest receipt of all records that were written for it.
//
// The writer adds one more rule: a record that was received before an erasure of its call changes nothing
// (late-erasure.repository.ts).
import { IDENTIFIERS } from '../../call/call-record.js';
import type { MessageState, Standing } from './call-state.js';

/** The effect of a record on the ledger. */
type RecordOutcome = 'stored' | 'corrected' | 'duplicate';

/** A content for the history. Its `revision` is null if it never was the content of the row. */
export interface PastContent<State> {
  readonly state: State;
  readonly revision: number | null;
}

/** The changes to the ledger that some records cause. */
export interface Settlement<State> {
  /** The rows that get other content, each once. */
  readonly replaced: readonly { readonly before: State; readonly after: State }[];
  /** The rows that keep their content and get other receipts, each once. */
  readonly renewed: readonly Standing[];
  readonly past: readonly PastContent<State>[];
  /** One outcome for each record, in the same order. */
  readonly outcomes: readonly RecordOutcome[];
}

/** An erasure or retention deleted a call after its row was read. The transaction must run again. */
export class CallVanishedError extends Error {
  constructor() {
    super('a call was deleted while a correction of it was being written');
  }
}

const IDS: ReadonlySet<string> = new Set(IDENTIFIERS);

/**
 * Applies the rules to records whose calls are known.
 *
 * @param stored the current rows, by callId
 * @param incoming the records, as the results of `firstState`, oldest delivery first
 * @throws CallVanishedError when one of their calls has no row
 */
export function settle<State extends MessageState>(
  stored: ReadonlyMap<string, State>,
  incoming: readonly State[],
): Settlement<State> {
  const current = new Map<string, State>();
  const past: PastContent<State>[] = [];
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

interface SettledOne<State> {
  readonly outcome: RecordOutcome;
  readonly after: State;
  /** The row's content goes to the history. */
  readonly replaced: boolean;
  /** The record's content only goes to the history. */
  readonly rejected: boolean;
}

function settleOne<State extends MessageState>(row: State, state: State): SettledOne<State> {
  const firstReceivedAt = Math.min(row.firstReceivedAt, state.firstReceivedAt);
  if (isDuplicate(row, state))
    return { outcome: 'duplicate', after: renew(row, state), replaced: false, rejected: false };
  const [rowRank, stateRank] = [rankOf(row), rankOf(state)];
  if (stateRank === rowRank ? isReceivedBefore(state, row) : stateRank < rowRank) {
    const says = saysOther(row, state);
    const after = { ...row, firstReceivedAt };
    return { outcome: says ? 'corrected' : 'duplicate', after, replaced: false, rejected: says };
  }
  const after = { ...state, revision: row.revision + 1, firstReceivedAt };
  return { outcome: 'corrected', after, replaced: true, rejected: false };
}

/**
 * Whether a record is a duplicate of the row. The same content from another source is not one: the call then belongs to
 * the source that pushed it last. Nor is pushed content a duplicate of pulled content.
 */
export function isDuplicate(row: Standing, state: Standing): boolean {
  return hasSameContent(row, state) && row.pulled === state.pulled;
}

function hasSameContent(row: Standing, state: Standing): boolean {
  return row.contentHash === state.contentHash && row.source === state.source;
}

/** The row with the receipts that it has after a duplicate. */
export function renew<Row extends Standing>(row: Row, duplicate: Standing): Row {
  const firstReceivedAt = Math.min(row.firstReceivedAt, duplicate.firstReceivedAt);
  if (isReceivedBefore(duplicate, row)) return { ...row, firstReceivedAt };
  const { lastReceivedAt, lastDeliveryId } = duplicate;
  return { ...row, firstReceivedAt, lastReceivedAt, lastDeliveryId };
}

export function hasSameReceipts(a: Standing, b: Standing): boolean {
  return a.firstReceivedAt === b.firstReceivedAt && a.lastDeliveryId === b.lastDeliveryId;
}

/**
 * Whether a record was received before the row. Within one millisecond, the ids of the deliveries decide, because they
 * are made in ascending order.
 */
function isReceivedBefore(state: Standing, row: Standing): boolean {
  if (state.lastReceivedAt !== row.lastReceivedAt) return state.lastReceivedAt < row.lastReceivedAt;
  return state.lastDeliveryId < row.lastDeliveryId;
}

/** The ranks of records, lowest first. */
const BARE = 0;
const PULLED = 1;
const PUSHED = 2;

function rankOf(state: MessageState): number {
  if (isBare(state)) return BARE;
  return state.pulled ? PULLED : PUSHED;
}

/** Whether a record that does not replace the row says anything that the row does not say. */
function saysOther(row: MessageState, state: MessageState): boolean {
  if (hasSameContent(row, state)) return false;
  return !isBare(state) || isBare(row) || contradicts(state.record, row.record);
}

/** Whether a record has only ids. */
export function isBare({ record, extra }: Pick<MessageState, 'record' | 'extra'>): boolean {
  return (
    extra === null &&
    Object.entries<unknown>(record).every(([field, value]) => IDS.has(field) || value === null)
  );
}

/** Whether a bare record has another task, batch, entry or reference than the row. */
function contradicts(bare: object, row: object): boolean {
  return IDENTIFIERS.some((name) => {
    const said: unknown = Reflect.get(bare, name);
    return said !== null && said !== Reflect.get(row, name);
  });
}
