// What the ledger holds of some calls and what came for them in; what to change out. No database here.
import type { CallState } from './call-state.js';

/** What a record did to the ledger. */
export type RecordOutcome = 'stored' | 'corrected' | 'duplicate';

/** A content that is not the row's (any more). Its `revision` is null when it came too late to be the row's. */
export interface PastContent {
  readonly state: CallState;
  readonly revision: number | null;
}

/** The changes that make the ledger hold what came. */
export interface Settlement {
  /** Rows in their new state, each once. */
  readonly replaced: readonly { readonly before: CallState; readonly after: CallState }[];
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

/**
 * Settles records whose calls are known already.
 *
 * Equal content is a duplicate. Other content replaces the row, unless its delivery was received before the one
 * that last changed the row: then it only enters the history.
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
    if (row.contentHash === state.contentHash) return 'duplicate';
    if (isReceivedBefore(state, row)) {
      past.push({ state, revision: null });
      return 'corrected';
    }
    past.push({ state: row, revision: row.revision });
    current.set(callId, { ...state, revision: row.revision + 1, firstReceivedAt: row.firstReceivedAt });
    return 'corrected';
  });
  const replaced = [...current].flatMap(([callId, after]) => {
    const before = stored.get(callId);
    return before === undefined ? [] : [{ before, after }];
  });
  return { replaced, past, outcomes };
}

/** Within one millisecond the deliveries' ids decide: they are made in order. */
function isReceivedBefore(state: CallState, row: CallState): boolean {
  if (state.lastReceivedAt !== row.lastReceivedAt) return state.lastReceivedAt < row.lastReceivedAt;
  return state.deliveryId < row.deliveryId;
}
