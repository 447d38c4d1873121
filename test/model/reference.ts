// What stands in the ledger, by the rule alone: a plain model in memory. What was received last stands. A delivery's
// id is its receipt: it begins with the time of arrival, and ids of one millisecond are in the order of arrival.

/** What a record says: known fields that are present (times in epoch ms) and unknown ones, and who pushed it. */
export interface Content {
  readonly source: string;
  readonly fields: Readonly<Record<string, string | number>>;
  readonly extra: Readonly<Record<string, string>>;
}

export interface PushedRecord {
  readonly callId: string;
  readonly content: Content;
}

/** A content that a delivery brought for one call. */
export interface Arrival {
  readonly delivery: string;
  readonly content: Content;
}

/** A content of a call. */
interface Version {
  readonly content: Content;
  readonly broughtBy: string;
  /** The last delivery that brought it while it stood. */
  readonly lastReceipt: string;
  /** Null: it came too late, or was bare, and never stood. */
  readonly revision: number | null;
}

export interface Row extends Version {
  readonly revision: number;
  /** The earliest delivery of any record since the row exists. */
  readonly firstReceipt: string;
}

export interface CallState {
  readonly row: Row | undefined;
  readonly past: readonly Version[];
  /** What was received until then never brings the call back (epoch ms). */
  readonly erasedUntil: number;
  /** As they stood when they were erased. The statistics go on counting them. */
  readonly erased: readonly Content[];
}

/** `ignored`: received before an erasure of the call. It counts as a duplicate. */
export type Effect = 'stored' | 'corrected' | 'duplicate' | 'ignored';

export interface Outcome {
  readonly state: CallState;
  /** By delivery. */
  readonly effects: ReadonlyMap<string, Effect>;
}

/** A number that is erased wherever it was received until a moment (epoch ms). */
export interface Erasure {
  readonly number: string;
  readonly requestedAt: number;
}

export const UNKNOWN_CALL: CallState = { row: undefined, past: [], erasedUntil: -Infinity, erased: [] };
const IDS = ['taskId', 'batchId', 'detailId', 'outId'];

export const timeOf = (delivery: string) => Number.parseInt(delivery.replaceAll('-', '').slice(0, 12), 16);
export const holds = (content: Content, number: string) => JSON.stringify(content).includes(number);

/** Whether it says nothing but whose it is. */
export function isBare({ fields, extra }: Content): boolean {
  return Object.keys(extra).length === 0 && Object.keys(fields).every((name) => IDS.includes(name));
}

/** Equal for equal contents only. */
function keyOf({ source, fields, extra }: Content): string {
  const sorted = (values: object) => Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([source, sorted(fields), sorted(extra)]);
}

/** Of records for one call in one delivery the last one stands. A bare one never takes the place of content. */
export function lastOfEach(records: readonly PushedRecord[]): ReadonlyMap<string, Content> {
  const last = new Map<string, Content>();
  for (const { callId, content } of records) {
    const before = last.get(callId);
    if (before === undefined || isBare(before) || !isBare(content)) last.set(callId, content);
  }
  return last;
}

/** Writes a record of one call. */
function write(state: CallState, { delivery, content }: Arrival): readonly [CallState, Effect] {
  if (timeOf(delivery) <= state.erasedUntil) return [state, 'ignored'];
  const version = { content, broughtBy: delivery, lastReceipt: delivery };
  if (state.row === undefined) {
    return [{ ...state, row: { ...version, revision: 1, firstReceipt: delivery } }, 'stored'];
  }
  const firstReceipt = delivery < state.row.firstReceipt ? delivery : state.row.firstReceipt;
  const row = { ...state.row, firstReceipt };
  const brings = isBare(content) ? 'ids' : 'content';
  const stands = isBare(row.content) ? 'ids' : 'content';
  if (brings === 'ids' && stands === 'content') {
    const agrees = IDS.every((id) => [undefined, row.content.fields[id]].includes(content.fields[id]));
    if (agrees) return [{ ...state, row }, 'duplicate'];
    return [{ ...state, row, past: [...state.past, { ...version, revision: null }] }, 'corrected'];
  }
  if (keyOf(content) === keyOf(row.content)) {
    const lastReceipt = delivery > row.lastReceipt ? delivery : row.lastReceipt;
    return [{ ...state, row: { ...row, lastReceipt } }, 'duplicate'];
  }
  if ((brings === 'content' && stands === 'ids') || delivery > row.lastReceipt) {
    const { firstReceipt: _, ...replaced } = row;
    const now = { ...version, revision: row.revision + 1, firstReceipt };
    return [{ ...state, row: now, past: [...state.past, replaced] }, 'corrected'];
  }
  return [{ ...state, row, past: [...state.past, { ...version, revision: null }] }, 'corrected'];
}

/** Deletes the call if its row holds the number, and else those of its earlier contents that do. */
function erase(state: CallState, { number, requestedAt }: Erasure): CallState {
  const isErased = ({ content, lastReceipt }: Version) =>
    holds(content, number) && timeOf(lastReceipt) <= requestedAt;
  const { row, past, erased, erasedUntil } = state;
  if (row === undefined || !isErased(row)) {
    return past.some(isErased) ? { ...state, past: past.filter((version) => !isErased(version)) } : state;
  }
  return {
    row: undefined,
    past: [],
    erasedUntil: Math.max(erasedUntil, requestedAt),
    erased: [...erased, row.content],
  };
}

const eraseAll = (state: CallState, erasures: readonly Erasure[]) => erasures.reduce(erase, state);

/**
 * What may have become of a call: by each order in which the records may have been written, with the erasures done at
 * any point, and anew in the end.
 */
export function* outcomesOf(
  before: CallState,
  arrivals: readonly Arrival[],
  erasures: readonly Erasure[],
): Generator<Outcome> {
  for (const order of ordersOf(arrivals)) {
    for (let erasedAfter = order.length; erasedAfter >= 0; erasedAfter -= 1) {
      const effects = new Map<string, Effect>();
      let state = before;
      order.forEach((arrival, index) => {
        if (index === erasedAfter) state = eraseAll(state, erasures);
        const [next, effect] = write(state, arrival);
        effects.set(arrival.delivery, effect);
        state = next;
      });
      yield { state: eraseAll(state, erasures), effects };
    }
  }
}

function* ordersOf<T>(list: readonly T[]): Generator<readonly T[]> {
  if (list.length === 0) yield [];
  for (const [index, first] of list.entries()) {
    for (const rest of ordersOf(list.filter((_, other) => other !== index))) yield [first, ...rest];
  }
}

/** What the calls add up to. */
export interface Sums {
  calls: number;
  answered: number;
  totalDuration: number;
}

/** smartStatusCode says so; where it is absent, a startTime or a duration above 0. */
export function isAnswered({ fields }: Content): boolean {
  const { smartStatusCode, startTime, duration } = fields;
  if (smartStatusCode !== undefined) return smartStatusCode === 'ANSWERED';
  return startTime !== undefined || Number(duration ?? 0) > 0;
}

/** The sums over all calls, erased ones included, by the values of some fields; null: of the calls that have none. */
export function sumsOf(states: Iterable<CallState>, groupBy: readonly string[]): Map<string, Sums> {
  const sums = new Map<string, Sums>();
  for (const { row, erased } of states) {
    for (const content of row === undefined ? erased : [...erased, row.content]) {
      const values: Record<string, unknown> = { source: content.source, ...content.fields };
      const group = JSON.stringify(groupBy.map((name) => values[name] ?? null));
      const sum = sums.get(group) ?? { calls: 0, answered: 0, totalDuration: 0 };
      sum.calls += 1;
      if (isAnswered(content)) sum.answered += 1;
      sum.totalDuration += Number(content.fields['duration'] ?? 0);
      sums.set(group, sum);
    }
  }
  return sums;
}
