import type { CallStates } from '../pushing/call-states.js';
import type { Tally } from '../pushing/tally.js';
import type { CallFactory } from '../records/call-factory.js';
import { checkCompleteness } from './completeness-check.js';
import { ConversationsCheck } from './conversations-check.js';
import { CallCheck } from './call-check.js';
import { expectedTasks } from './expected-totals.js';
import type { LedgerApi } from './ledger-api.js';
import { checkQuarantine } from './quarantine-check.js';
import { StoredCalls } from './stored-calls.js';
import { checkTotals } from './totals-check.js';
import type { VerificationResult } from './verification-result.js';

const EXAMPLES_OF_A_KIND = 5;

/** Checks through the ledger's API that everything that was acknowledged is stored once and as it was sent. */
export class Verifier {
  private readonly check: CallCheck;

  /**
   * @param timeoutMs how long to wait without progress for pushes that the ledger has taken but not stored yet
   * @param hasVendorApi whether the query API is served, so that the ledger can repair what was never pushed
   */
  constructor(
    private readonly api: LedgerApi,
    private readonly factory: CallFactory,
    private readonly states: CallStates,
    private readonly tally: Tally,
    private readonly timeoutMs: number,
    private readonly hasVendorApi: boolean,
  ) {
    this.check = new CallCheck(factory, states);
  }

  /**
   * @param onRow is called for each row that was read
   * @throws ApiError when the API can't be asked
   */
  async verify(onRow: () => void): Promise<VerificationResult> {
    const tasks = expectedTasks(this.factory, this.states);
    await new StoredCalls(this.api, this.factory, this.states, this.check, this.timeoutMs).look(tasks, onRow);
    const calls = this.count();
    // If calls are missing or wrong, the totals stay wrong, so there is no wait for them.
    const patienceMs = calls.missing + calls.wrong > 0 ? 0 : this.timeoutMs;
    const totals = await checkTotals(this.api, tasks, patienceMs);
    const quarantine = await checkQuarantine(this.api, this.tally, this.factory.ids.run, this.timeoutMs);
    const { bodiesAccepted } = this.tally;
    // The repair comes last: the totals above are those of what was pushed.
    const mayRepair = this.hasVendorApi && this.factory.options.unpushed > 0;
    const completeness = mayRepair ? await checkCompleteness(this.api, this.factory, this.timeoutMs) : null;
    const { notes, recordings } = this.factory.options;
    const conversations =
      notes === true || recordings === true
        ? await new ConversationsCheck(this.api, this.factory, this.states, this.timeoutMs).check()
        : null;
    return { ...calls, bodiesAccepted, totals, quarantine, completeness, conversations };
  }

  private count() {
    const count = {
      acknowledged: 0,
      found: 0,
      missing: 0,
      double: 0,
      wrong: 0,
      unlisted: 0,
      unacknowledgedStored: 0,
    };
    const examples = new Examples();
    for (let call = 0; call < this.states.calls; call += 1) {
      const acknowledged = this.states.isAcknowledged(call);
      const seen = this.states.isSeen(call);
      if (acknowledged) count.acknowledged += 1;
      if (acknowledged && seen) count.found += 1;
      if (!acknowledged && seen) count.unacknowledgedStored += 1;
      for (const kind of this.faultsOf(call)) {
        count[kind] += 1;
        examples.add(kind, () => this.describe(call, kind));
      }
    }
    const { unexpected } = this.check;
    for (const callId of unexpected) examples.add('never sent', () => `never sent: ${callId}`);
    return { ...count, unexpected: unexpected.length, examples: examples.lines };
  }

  private faultsOf(call: number): ('missing' | 'double' | 'wrong' | 'unlisted')[] {
    const seen = this.states.isSeen(call);
    if (!seen) return this.states.isAcknowledged(call) ? ['missing'] : [];
    return [
      ...(this.states.isDouble(call) ? (['double'] as const) : []),
      ...(this.states.isRight(call) ? [] : (['wrong'] as const)),
      ...(this.states.isUnlisted(call) ? (['unlisted'] as const) : []),
    ];
  }

  private describe(call: number, kind: string): string {
    const fields = this.check
      .differencesOf(call)
      .map(
        ({ field, sent, stored }) => `${field} ${JSON.stringify(stored)} instead of ${JSON.stringify(sent)}`,
      );
    const why = kind === 'wrong' && fields.length > 0 ? ` (${fields.join(', ')})` : '';
    return `${kind}: ${this.factory.callIdOf(call)}${why}`;
  }
}

/** Keeps the first few examples of each kind. */
class Examples {
  readonly lines: string[] = [];
  private readonly kept = new Map<string, number>();

  add(kind: string, line: () => string): void {
    const kept = this.kept.get(kind) ?? 0;
    if (kept >= EXAMPLES_OF_A_KIND) return;
    this.kept.set(kind, kept + 1);
    this.lines.push(line());
  }
}
