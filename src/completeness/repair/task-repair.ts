import { Injectable, Logger } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { errorText } from '../../errors.js';
import { PulledCalls, type PulledRecord } from '../../ingestion/pulled-calls.js';
import { DatabaseUnavailableError } from '../../persistence/connections/unavailable.js';
import type { Transaction } from '../../persistence/connections/statement.js';
import { LeaseLostError } from '../../persistence/leases/lease.repository.js';
import type {
  CompletenessRun,
  MissingEntry,
} from '../../persistence/schema/entities/completeness.entities.js';
import { NONE } from '../../numbers/own-numbers.js';
import { maskText } from '../../security/masking/text-mask.js';
import { VendorApiError } from '../../vendor-api/vendor-api-error.js';
import type { ForbiddenCalls } from '../check/forbidden-calls.js';
import { HoldingsRepository } from '../check/holdings.repository.js';
import { RunRepository } from '../runs/run.repository.js';
import { VendorAccount } from '../vendor-account.js';
import { type EntryResult, MissingRepository } from './missing.repository.js';
import { pulledRecord } from './pulled-record.js';

const ENTRIES_AT_ONCE = 50;
/** If the vendor refuses so many entries in a row, it refuses all: its access key lacks a right. */
const MOST_REFUSALS = 20;

/** What became of an entry, and the record of its call if the repair writes it. */
interface Examined extends EntryResult {
  readonly record: PulledRecord | undefined;
  /** The note and the recording of that call. */
  readonly messages?: readonly PulledRecord[];
}

/** Gets missing calls of a task from the vendor's query API and writes them. */
@Injectable()
export class TaskRepair {
  private readonly logger = new Logger('Completeness');
  private refusals = 0;

  constructor(
    private readonly settings: Settings,
    private readonly account: VendorAccount,
    private readonly holdings: HoldingsRepository,
    private readonly missing: MissingRepository,
    private readonly runs: RunRepository,
    private readonly pulls: PulledCalls,
  ) {}

  /**
   * Repairs the task's missing entries from the place of the run on.
   *
   * @returns the run as it is afterwards
   * @throws VendorApiError when the vendor gives no answer now, or refuses every entry
   * @throws LeaseLostError
   */
  async repair(run: CompletenessRun, taskId: string, signal: AbortSignal): Promise<CompletenessRun> {
    let now = run.currentTask === taskId ? run : { ...run, currentTask: taskId, place: '' };
    for (;;) {
      const receivedAt = Date.now();
      const entries = await this.missing.next(taskId, now.place ?? '', !run.automatic, ENTRIES_AT_ONCE);
      if (entries.length === 0) return now;
      const examined = await this.examine(entries, signal);
      now = await this.write(now, examined, receivedAt);
    }
  }

  private async examine(entries: readonly MissingEntry[], signal: AbortSignal): Promise<Examined[]> {
    const isHeld = await this.heldAmong(entries.flatMap(({ callId }) => callId ?? []));
    const forbidden = await this.holdings.forbiddenCalls(this.settings.callRetentionDays);
    const examined: Examined[] = [];
    for (const entry of entries)
      examined.push(
        isHeld.has(entry.callId ?? '') ? heldResult(entry) : await this.ask(entry, forbidden, signal),
      );
    // Pushes may have brought calls while the vendor was asked. Some ids are only known now.
    const isHeldNow = await this.heldAmong(examined.flatMap(({ record }) => record?.callId ?? []));
    return examined.map((result) =>
      isHeldNow.has(result.record?.callId ?? '') ? heldResult(result) : result,
    );
  }

  private async ask(entry: MissingEntry, forbidden: ForbiddenCalls, signal: AbortSignal): Promise<Examined> {
    const { taskId, detailId, callId } = entry;
    const key = callId === null ? { taskId, detailId } : { taskId, callId };
    try {
      const pulled = pulledRecord(entry, await this.account.vendor.conversation(key, signal));
      this.refusals = 0;
      if ('unrepairable' in pulled)
        return { detailId, callId, state: 'unrepairable', reason: pulled.unrepairable, record: undefined };
      const { record, messages } = pulled;
      if (isForbidden(record, forbidden)) return heldResult({ detailId, callId: record.callId });
      return { detailId, callId: record.callId, state: 'repaired', reason: null, record, messages };
    } catch (error) {
      if (!(error instanceof VendorApiError) || error.mayPass) throw error;
      this.refusals += 1;
      if (this.refusals >= MOST_REFUSALS) throw error;
      return { detailId, callId, state: 'missing', reason: maskText(error.message, NONE), record: undefined };
    }
  }

  private async heldAmong(callIds: readonly string[]): Promise<ReadonlySet<string>> {
    const calls = await this.holdings.withCallIds(callIds);
    return new Set([...calls.keys(), ...(await this.holdings.erasedAmong(callIds))]);
  }

  /** Writes the results and the calls in one transaction. If PostgreSQL refuses it, each entry is written alone. */
  private async write(
    run: CompletenessRun,
    examined: readonly Examined[],
    receivedAt: number,
  ): Promise<CompletenessRun> {
    try {
      return await this.writeTogether(run, examined, receivedAt);
    } catch (error) {
      const isOfData = !(error instanceof DatabaseUnavailableError || error instanceof LeaseLostError);
      const [first] = examined;
      if (!isOfData || first === undefined) throw error;
      if (examined.length === 1) return this.refused(run, first, error);
      let now = run;
      for (const one of examined) now = await this.write(now, [one], receivedAt);
      return now;
    }
  }

  private async writeTogether(
    run: CompletenessRun,
    examined: readonly Examined[],
    receivedAt: number,
  ): Promise<CompletenessRun> {
    const { dryRun, currentTask } = run;
    const records = examined.flatMap(({ record }) => record ?? []);
    const changes = {
      currentTask,
      place: examined.at(-1)?.detailId ?? run.place,
      examined: run.examined + examined.length,
      repairable: run.repairable + records.length,
      repaired: run.repaired + (dryRun ? 0 : records.length),
      unrepairable: run.unrepairable + examined.filter(({ state }) => state === 'unrepairable').length,
    };
    const note = async (transaction: Transaction) => {
      await this.runs.changeIn(transaction, run, changes);
      if (!dryRun) await this.missing.write(transaction, currentTask ?? '', examined);
    };
    if (records.length === 0 || dryRun) await this.runs.inTransaction(note);
    else {
      const messages = examined.flatMap((one) => (one.record === undefined ? [] : (one.messages ?? [])));
      const pull = { source: this.account.source, receivedAt, records: [...records, ...messages] };
      await this.pulls.write(pull, note);
    }
    return { ...run, ...changes };
  }

  private refused(run: CompletenessRun, entry: Examined, cause: unknown): Promise<CompletenessRun> {
    const reason = `The database refuses the call: ${errorText(cause)}`;
    this.logger.error({ outcome: 'unrepairable', detailId: entry.detailId, reason });
    if (entry.record === undefined) throw cause;
    const result = { ...entry, state: 'unrepairable' as const, reason, record: undefined };
    return this.writeTogether(run, [result], Date.now());
  }
}

function heldResult({ detailId, callId }: Pick<EntryResult, 'detailId' | 'callId'>): Examined {
  return { detailId, callId, state: 'held', reason: null, record: undefined };
}

function isForbidden({ originateTime, callee, outId }: PulledRecord, forbidden: ForbiddenCalls): boolean {
  const at = typeof originateTime === 'string' ? Date.parse(originateTime) : null;
  return forbidden.include(at, [callee, outId]);
}
