// The reference's ledger: all calls, deliveries and erasures of one run.
import { Bookkeeping, type Push } from './bookkeeping.js';
import {
  type CallState,
  type Erasure,
  outcomesOf,
  type PushedRecord,
  timeOf,
  UNKNOWN_CALL,
} from './reference.js';

/** An entry of the quarantine that can be read by now. */
export interface Planted {
  readonly record: PushedRecord;
  /** Its time is that of its receipt. */
  readonly delivery: string;
}

export class Model {
  readonly calls = new Map<string, CallState>();
  readonly books = new Bookkeeping();
  readonly erasures: Erasure[] = [];
  /** By the ids of their entries. */
  readonly planted = new Map<string, Planted>();
  /** Calls that the feed of changes may tell since it was last read. */
  readonly changed = new Set<string>();

  stateOf(callId: string): CallState {
    return this.calls.get(callId) ?? UNKNOWN_CALL;
  }

  erase(erasure: Erasure): void {
    this.erasures.push(erasure);
    this.books.erase(erasure);
  }

  /** What was written late loses its numbers too. */
  eraseAgain(): void {
    for (const erasure of this.erasures) this.books.erase(erasure);
  }

  /** The calls of which the erasures take something. */
  withErased(): string[] {
    const isErased = ([callId, before]: [string, CallState]) =>
      [...outcomesOf(before, [], this.erasures)].some(({ state }) => state !== this.stateOf(callId));
    return [...this.calls].filter(isErased).map(([callId]) => callId);
  }

  /** @param records that were written for it meanwhile: by several, it may have changed and changed back */
  move(callId: string, now: CallState, records: number): void {
    const before = this.stateOf(callId);
    const isSame =
      before.row?.broughtBy === now.row?.broughtBy &&
      before.row?.revision === now.row?.revision &&
      before.erased.length === now.erased.length;
    if (!isSame || records > 1) this.changed.add(callId);
    this.calls.set(callId, now);
  }

  /** What the replay of an entry pushes: it has lost the numbers that were erased after it came. */
  replayed(id: string): Push {
    const planted = this.planted.get(id);
    const entry = this.books.entries.find(({ delivery }) => delivery === planted?.delivery);
    if (planted === undefined || entry === undefined) throw new Error(`nobody kept the entry ${id}`);
    this.books.change(entry, { status: 'replayed' });
    const text = this.erasures
      .filter(({ requestedAt }) => timeOf(planted.delivery) <= requestedAt)
      .reduce((left, { number }) => left.replaceAll(number, '[erased]'), JSON.stringify(planted.record));
    const record = JSON.parse(text) as PushedRecord;
    return { source: record.content.source, body: entry.raw, records: [record], rejects: [] };
  }
}
