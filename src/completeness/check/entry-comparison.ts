import type { VendorApi } from '../../vendor-api/vendor-api.js';
import type { VendorDetail } from '../../vendor-api/vendor-detail.js';
import type { ForbiddenCalls } from './forbidden-calls.js';
import type { HeldCall, HoldingsRepository } from './holdings.repository.js';
import { ZoneEvidence } from './zone-proof.js';

/** An entry whose last call the ledger does not have. */
export interface FoundEntry {
  readonly detailId: string;
  /** Null: the vendor's list does not say. */
  readonly callId: string | null;
  readonly outId: string | null;
  /** Epoch milliseconds. */
  readonly callingTime: number | null;
}

/** What a comparison needs to know beforehand. */
export interface ComparisonBasis {
  readonly taskId: string;
  readonly source: string;
  /** The ids of calls that repairs have learned, by the id of the entry. */
  readonly learned: ReadonlyMap<string, string>;
  /** Calls that count as held. */
  readonly forbidden: ForbiddenCalls;
  /** Whether an erasure has ever deleted a call. */
  readonly hasErased: boolean;
  readonly signal: AbortSignal;
}

/** The final statuses of an entry: ended and failed. */
const FINAL = new Set([4, 5]);
/** The vendor retries a push for 16 minutes. */
const PUSHED_WITHIN_MS = 1_200_000;
/** The vendor's two times of a call may lie some seconds apart. */
const SAME_TIME_MS = 60_000;
/** Times that lie further apart are of two calls, if the time zone is proved. */
const OTHER_TIME_MS = 120_000;

type Entry = VendorDetail & { readonly knownCallId: string | null };

/** Compares the vendor's entries of a task with the ledger. */
export class EntryComparison {
  readonly zone = new ZoneEvidence();
  entries = 0;
  underWay = 0;
  neverDialled = 0;
  elsewhere = 0;
  exempt = 0;
  private readonly found = new Map<string, FoundEntry & { readonly endedAt: number }>();
  /** An entry may move from one of the vendor's lists to another while they are read. */
  private readonly seen = new Set<string>();

  constructor(
    private readonly holdings: HoldingsRepository,
    private readonly vendor: VendorApi,
    private readonly basis: ComparisonBasis,
  ) {}

  get missing(): readonly FoundEntry[] {
    return [...this.found.values()];
  }

  /** Missing entries that the vendor may still push. */
  get recent(): number {
    const since = Date.now() - PUSHED_WITHIN_MS;
    return [...this.found.values()].filter(({ endedAt }) => endedAt > since).length;
  }

  /** Compares some entries. An entry that comes again is left out. */
  async take(details: readonly VendorDetail[]): Promise<void> {
    const entries: Entry[] = [];
    for (const detail of details) {
      if (this.seen.has(detail.detailId)) continue;
      this.seen.add(detail.detailId);
      const knownCallId = detail.callId ?? this.basis.learned.get(detail.detailId) ?? null;
      if (detail.status !== null && !FINAL.has(detail.status)) this.underWay += 1;
      else if (knownCallId === null && detail.callingTime === null) this.neverDialled += 1;
      else entries.push({ ...detail, knownCallId });
    }
    this.entries += entries.length;
    // Those that are known both ways come first: they show whether times can be compared.
    const named = await this.withoutHeld(entries.filter(({ knownCallId }) => knownCallId !== null));
    const unnamed = entries.filter(({ knownCallId }) => knownCallId === null);
    const rest = [...named, ...(await this.withoutHeld(await this.identified(unnamed)))];
    for (const entry of rest) if (!this.isExempt(entry)) this.note(entry);
  }

  /** Looks again for the missing calls: pushes may have brought them meanwhile. */
  async lookAgain(): Promise<void> {
    const ids = [...this.found.values()].flatMap(({ callId }) => callId ?? []);
    const calls = await this.holdings.withCallIds(ids);
    for (const [detailId, { callId }] of this.found) {
      const call = callId === null ? undefined : calls.get(callId);
      if (call === undefined) continue;
      this.found.delete(detailId);
      this.countSource(call);
    }
  }

  /**
   * Leaves out entries without a known call if the ledger has a call of the entry at that time. Asks the vendor which call
   * it is where the ledger has only other calls of the entry, or where the call may have been erased.
   */
  private async identified(unnamed: readonly Entry[]): Promise<Entry[]> {
    const held = await this.holdings.withDetailIds(
      this.basis.taskId,
      unnamed.map(({ detailId }) => detailId),
    );
    const rest: Entry[] = [];
    for (const entry of unnamed) {
      const calls = held.get(entry.detailId) ?? [];
      const same = calls.find((call) => isAtTimeOf(call, entry));
      if (same !== undefined) this.countHeld(entry, same);
      else if (calls.length === 0 && !this.basis.hasErased) rest.push(entry);
      else {
        const knownCallId = await this.ask(entry);
        const [some] = calls;
        const mayBeThis = knownCallId === null && !this.areOthers(calls, entry);
        // The ledger has a call of the entry, and nobody can tell whether it is this one. The vendor's count decides.
        if (mayBeThis && some !== undefined) this.countSource(some);
        else rest.push({ ...entry, knownCallId });
      }
    }
    return rest;
  }

  /** Whether the calls certainly took place at other times than the entry's last call. */
  private areOthers(calls: readonly HeldCall[], { callingTime }: Entry): boolean {
    if (callingTime === null || this.zone.proof?.offsetMs !== 0) return false;
    return calls.every(
      ({ originateTime }) => originateTime !== null && Math.abs(originateTime - callingTime) > OTHER_TIME_MS,
    );
  }

  private async ask({ detailId }: Entry): Promise<string | null> {
    const { taskId, signal } = this.basis;
    const answer = await this.vendor.conversation({ taskId, detailId }, signal);
    return answer?.detailId === detailId ? answer.callId : null;
  }

  private async withoutHeld(entries: readonly Entry[]): Promise<Entry[]> {
    const calls = await this.holdings.withCallIds(entries.flatMap(({ knownCallId }) => knownCallId ?? []));
    const rest = entries.filter((entry) => {
      const call = entry.knownCallId === null ? undefined : calls.get(entry.knownCallId);
      if (call !== undefined) this.countHeld(entry, call);
      return call === undefined;
    });
    const erased = await this.holdings.erasedAmong(rest.flatMap(({ knownCallId }) => knownCallId ?? []));
    return rest.filter(({ knownCallId }) => knownCallId === null || !erased.has(knownCallId));
  }

  private isExempt({ callingTime, calledNumber, outId }: Entry): boolean {
    const isExempt = this.basis.forbidden.include(callingTime, [calledNumber, outId]);
    if (isExempt) this.exempt += 1;
    return isExempt;
  }

  private note({ detailId, knownCallId, outId, callingTime, conversationDuration }: Entry): void {
    const endedAt = (callingTime ?? 0) + (conversationDuration ?? 0) * 1000;
    this.found.set(detailId, { detailId, callId: knownCallId, outId, callingTime, endedAt });
  }

  private countHeld({ callingTime }: Entry, call: HeldCall): void {
    this.countSource(call);
    const { originateTime, pulled, lastReceivedAt } = call;
    if (!pulled && originateTime !== null && callingTime !== null)
      this.zone.add({ ledger: originateTime, vendor: callingTime, receivedAt: lastReceivedAt });
  }

  private countSource({ source }: HeldCall): void {
    if (source !== this.basis.source) this.elsewhere += 1;
  }
}

function isAtTimeOf({ originateTime }: HeldCall, { callingTime }: Entry): boolean {
  if (callingTime === null || originateTime === null) return true;
  return Math.abs(originateTime - callingTime) <= SAME_TIME_MS;
}
