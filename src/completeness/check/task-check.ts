import { Injectable, Logger } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { Journal } from '../../ingestion/journal/journal.js';
import { CheckedTask } from '../../persistence/schema/entities/completeness.entities.js';
import { holdsNumber } from '../../numbers/find-numbers.js';
import { NONE } from '../../numbers/own-numbers.js';
import { maskText } from '../../security/masking/text-mask.js';
import { VendorApiError } from '../../vendor-api/vendor-api-error.js';
import type { VendorDetail } from '../../vendor-api/vendor-detail.js';
import type { VendorTask } from '../../vendor-api/vendor-task.js';
import { VendorAccount } from '../vendor-account.js';
import { EntryComparison } from './entry-comparison.js';
import { HoldingsRepository } from './holdings.repository.js';
import { CheckedTaskRepository } from './task.repository.js';
import { judge, type Judgement, type TaskFacts } from './verdict.js';
import type { ZoneProof } from './zone-proof.js';

/** How a task is checked. */
export interface CheckOptions {
  /** Whether to read the vendor's list of entries, even if nothing has changed since the last check. */
  readonly thorough: boolean;
  readonly signal: AbortSignal;
}

const ENTRIES_AT_ONCE = 500;
const MOST_LOOKS = 3;
/** The lists of entries that were called. */
const CALLED = ['completed', 'failed'] as const;

/** The counts of both sides, by which a later check sees whether anything has changed. */
interface Counts {
  readonly vendor: string;
  readonly ledger: string;
}

/** What a row keeps of its check. */
interface KnownFacts {
  readonly facts: TaskFacts;
  readonly counts: Counts;
}

const LONGEST_NAME = 100;

/** What a comparison found. */
interface Compared extends KnownFacts {
  readonly comparison: EntryComparison;
}

/** Compares a task with the vendor's query API, and stores the result. */
@Injectable()
export class TaskCheck {
  private readonly logger = new Logger('Completeness');

  constructor(
    private readonly settings: Settings,
    private readonly account: VendorAccount,
    private readonly holdings: HoldingsRepository,
    private readonly tasks: CheckedTaskRepository,
    private readonly journal: Journal,
  ) {}

  /**
   * @param sources the sources of the task's calls in the ledger
   * @returns undefined when neither the vendor nor the ledger knows the task
   * @throws VendorApiError when the vendor gives no answer now
   * @throws LeaseLostError
   */
  async check(
    taskId: string,
    sources: readonly string[],
    options: CheckOptions,
  ): Promise<CheckedTask | undefined> {
    const { source } = this.account;
    const [other] = sources;
    if (other !== undefined && !sources.includes(source))
      return this.unknown(
        taskId,
        other,
        `Its calls came from the source ${other}. The access key shows those of ${source}.`,
      );
    try {
      const before = await this.vendorTask(taskId, options.signal);
      if (before === undefined && other === undefined) return undefined;
      if (before === undefined)
        return await this.unknown(taskId, source, 'The vendor does not know this task (any more).');
      await this.noteName(before);
      return await this.compare(before, options);
    } catch (error) {
      if (!(error instanceof VendorApiError) || error.mayPass) throw error;
      return this.unknown(
        taskId,
        source,
        `The vendor's answer could not be used: ${maskText(error.message, NONE)}.`,
      );
    }
  }

  /** Judges a task again after a repair, without asking the vendor. */
  async judgeAgain(taskId: string): Promise<void> {
    const row = await this.tasks.find(taskId);
    const known = knownOf(row);
    if (row === null || known === undefined) return;
    const calls = await this.tasks.ledgerCalls(taskId);
    const ledgerCalls = calls.get(row.source) ?? 0;
    await this.tasks.write(row, undefined, (named) => {
      const facts = { ...known.facts, ledgerCalls, heldEntries: known.facts.vendorEntries - named };
      const counts = { ...known.counts, ledger: ledgerText(calls) };
      return rowOf(row, { facts: { ...facts, recent: Math.min(facts.recent, named) }, counts }, named);
    });
  }

  private async compare(before: VendorTask, options: CheckOptions): Promise<CheckedTask> {
    const { taskId } = before;
    const last = await this.tasks.find(taskId);
    const unchanged = options.thorough ? undefined : await this.unchangedSince(last, before);
    if (unchanged !== undefined && last !== null)
      return this.tasks.write(last, undefined, (named) =>
        rowOf({ ...last, checkedAt: new Date() }, unchanged, named),
      );
    const { facts, counts, comparison } = await this.compareEntries(before, options.signal);
    const { proof } = comparison.zone;
    this.report(proof, taskId);
    const row = { ...emptyRow(taskId, this.account.source), ...zoneColumns(proof, last) };
    return this.tasks.write(row, comparison.missing, (named) => rowOf(row, { facts, counts }, named));
  }

  /** What was found last time, if neither side has changed since. */
  private async unchangedSince(last: CheckedTask | null, now: VendorTask): Promise<KnownFacts | undefined> {
    const known = knownOf(last);
    if (known === undefined || known.facts.underWay !== null || known.facts.recent > 0) return undefined;
    const ledger = ledgerText(await this.tasks.ledgerCalls(now.taskId));
    const isSame = known.counts.vendor === vendorText(now) && known.counts.ledger === ledger;
    return isSame && underWayText(now) === null && now.totalCallCount !== null ? known : undefined;
  }

  private async compareEntries(before: VendorTask, signal: AbortSignal): Promise<Compared> {
    const { taskId } = before;
    const comparison = await this.newComparison(taskId, signal);
    for (const status of CALLED) {
      let entries: VendorDetail[] = [];
      for await (const detail of this.account.vendor.details({ taskId, status }, signal)) {
        entries.push(detail);
        if (entries.length < ENTRIES_AT_ONCE) continue;
        await comparison.take(entries);
        entries = [];
      }
      await comparison.take(entries);
    }
    const after = await this.vendorTask(taskId, signal);
    const { calls, isQuiet } = await this.settledCalls(taskId, comparison);
    const { entries, elsewhere, exempt, neverDialled, recent, missing } = comparison;
    const facts = {
      vendorCalls: after?.totalCallCount ?? null,
      ledgerCalls: calls.get(this.account.source) ?? 0,
      vendorEntries: entries,
      heldEntries: entries - missing.length,
      underWay: this.underWayOf(before, after, comparison, isQuiet),
      ...{ elsewhere, exempt, neverDialled, recent },
    };
    return { facts, counts: { vendor: vendorText(after), ledger: ledgerText(calls) }, comparison };
  }

  private async newComparison(taskId: string, signal: AbortSignal): Promise<EntryComparison> {
    return new EntryComparison(this.holdings, this.account.vendor, {
      taskId,
      source: this.account.source,
      learned: await this.tasks.learnedCalls(taskId),
      forbidden: await this.holdings.forbiddenCalls(this.settings.callRetentionDays),
      hasErased: await this.holdings.hasErased(),
      signal,
    });
  }

  /** The ledger's counts that fit the missing entries: no push came in between. */
  private async settledCalls(taskId: string, comparison: EntryComparison) {
    let calls = await this.tasks.ledgerCalls(taskId);
    for (let look = 0; look < MOST_LOOKS; look += 1) {
      await comparison.lookAgain();
      const now = await this.tasks.ledgerCalls(taskId);
      if (ledgerText(now) === ledgerText(calls)) return { calls: now, isQuiet: true };
      calls = now;
    }
    return { calls, isQuiet: false };
  }

  private underWayOf(
    before: VendorTask,
    after: VendorTask | undefined,
    comparison: EntryComparison,
    isQuiet: boolean,
  ): string | null {
    const { entries: waiting } = this.journal.undrained;
    if (after === undefined) return 'The vendor does not list the task any more';
    if (!this.journal.isOff && waiting > 0) return `${waiting} pushes wait in the journal`;
    if (!isQuiet) return 'Calls arrived during the check';
    if (before.totalCallCount !== after.totalCallCount)
      return "The vendor's number of calls changed during the check";
    if (comparison.underWay > 0) return `${comparison.underWay} calls are under way`;
    return underWayText(after);
  }

  /** A name with a phone number is not kept: no erasure would find it there. */
  private async noteName({ taskId, taskName }: VendorTask): Promise<void> {
    const name =
      taskName
        ?.replaceAll(/\p{Cc}/gu, ' ')
        .trim()
        .slice(0, LONGEST_NAME) ?? '';
    if (name !== '' && !holdsNumber(name)) await this.tasks.noteName(taskId, name);
  }

  private report(proof: ZoneProof | undefined, taskId: string): void {
    if (proof === undefined || proof.offsetMs === 0) return;
    const { offsetMs, calls } = proof;
    const zone = this.settings.pushTimeZone;
    this.logger.error({ outcome: 'wrong time zone', zone, offsetMinutes: offsetMs / 60_000, calls, taskId });
  }

  private async vendorTask(taskId: string, signal: AbortSignal): Promise<VendorTask | undefined> {
    for await (const task of this.account.vendor.tasks(signal, taskId))
      if (task.taskId === taskId) return task;
    return undefined;
  }

  private async unknown(taskId: string, source: string, reason: string): Promise<CheckedTask> {
    const last = await this.tasks.find(taskId);
    const calls = await this.tasks.ledgerCalls(taskId);
    const row = { ...emptyRow(taskId, source), ...zoneColumns(undefined, last), reason };
    return this.tasks.write(row, undefined, (named) => ({
      ...row,
      ledgerCalls: calls.get(source) ?? 0,
      missing: named,
    }));
  }
}

/** Why calls of a task are under way, by the vendor's counts. */
function underWayText({ callingCount, status }: VendorTask): string | null {
  if (callingCount !== null && callingCount > 0) return `${callingCount} calls are under way`;
  return callingCount === null && status === 'running' ? 'The task is running' : null;
}

function vendorText(task: VendorTask | undefined): string {
  return JSON.stringify([task?.totalCallCount, task?.totalCount, task?.succeedCount, task?.failedCount]);
}

function ledgerText(calls: ReadonlyMap<string, number>): string {
  return JSON.stringify([...calls]);
}

/** What a row says of its check. Undefined if the vendor could not tell. */
function knownOf(row: CheckedTask | null): KnownFacts | undefined {
  return row?.facts === null || row?.facts === undefined ? undefined : (JSON.parse(row.facts) as KnownFacts);
}

function emptyRow(taskId: string, source: string): CheckedTask {
  return Object.assign(new CheckedTask(), {
    ...{ taskId, source, verdict: 'unknown', reason: '', checkedAt: new Date() },
    ...{ vendorCalls: null, ledgerCalls: 0, vendorEntries: null, ledgerEntries: null, missing: 0 },
    ...{ facts: null, zoneOffsetMs: null, zoneCalls: null, zoneReceivedAt: null },
  });
}

function rowOf(row: CheckedTask, { facts, counts }: KnownFacts, named: number): CheckedTask {
  const { verdict, reason, missing }: Judgement = judge(facts, named);
  const { vendorCalls, ledgerCalls, vendorEntries, heldEntries } = facts;
  return {
    ...row,
    ...{ verdict, reason, missing, vendorCalls, ledgerCalls, vendorEntries },
    ledgerEntries: heldEntries,
    facts: JSON.stringify({ facts, counts }),
  };
}

function zoneColumns(proof: ZoneProof | undefined, last: CheckedTask | null) {
  if (proof === undefined) {
    const { zoneOffsetMs = null, zoneCalls = null, zoneReceivedAt = null } = last ?? {};
    return { zoneOffsetMs, zoneCalls, zoneReceivedAt };
  }
  const { offsetMs, calls, receivedAt } = proof;
  return { zoneOffsetMs: offsetMs, zoneCalls: calls, zoneReceivedAt: new Date(receivedAt) };
}
