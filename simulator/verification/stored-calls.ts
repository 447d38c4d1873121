import type { CallStates } from '../pushing/call-states.js';
import type { CallFactory } from '../records/call-factory.js';
import type { CallCheck } from './call-check.js';
import { CallSet } from './call-set.js';
import type { ExpectedTask } from './expected-totals.js';
import { type JsonObject, LARGEST_PAGE, type LedgerApi } from './ledger-api.js';
import { pollUntilNone } from './poll.js';

/** Ids in one request. With 100, the URL stays under 4 kB. */
const IDS_IN_QUESTION = 100;
const CALLS_IN_ROUND = 5000;
const CALLS_PATH = '/v1/calls';

/**
 * Looks for every sent call in the ledger. First it reads the lists of the run's tasks. Then it asks by callId,
 * again and again, for calls that were missing or wrong. Last, it reads once more the lists of tasks in which a
 * call was listed twice or not at all.
 */
export class StoredCalls {
  private roundFrom = 0;

  constructor(
    private readonly api: LedgerApi,
    private readonly factory: CallFactory,
    private readonly states: CallStates,
    private readonly check: CallCheck,
    private readonly timeoutMs: number,
  ) {}

  /** Records the result for each call in the states. `onRow` is called for each row of the lists. */
  async look(tasks: readonly ExpectedTask[], onRow: () => void): Promise<void> {
    await this.awaitTotals(tasks);
    const listed = new CallSet(this.states.calls);
    const odd = new Set<number>();
    for (const { taskId } of tasks) {
      for await (const row of this.list(taskId)) {
        onRow();
        const call = this.check.check(row);
        if (call !== undefined && !listed.add(call)) odd.add(call);
      }
    }
    await pollUntilNone(() => this.askForProblems(), this.timeoutMs);
    for (let call = 0; call < this.states.calls; call += 1) {
      if (this.states.isSeen(call) && !listed.has(call)) odd.add(call);
    }
    await this.confirm(odd);
  }

  /**
   * Waits until the tasks have as many calls as were acknowledged. Lists that are read before that would miss the
   * calls to come.
   */
  private async awaitTotals(tasks: readonly ExpectedTask[]): Promise<void> {
    const missing = new Map(tasks.map(({ taskId, acknowledged }) => [taskId, acknowledged]));
    await pollUntilNone(async () => {
      let sum = 0;
      for (const { taskId, acknowledged } of tasks) {
        if (missing.get(taskId) !== 0) {
          const answer = await this.api.get(`/v1/tasks/${taskId}`);
          const calls = answer.status === 200 && isTotals(answer.body) ? answer.body.calls : 0;
          missing.set(taskId, Math.max(0, acknowledged - calls));
        }
        sum += missing.get(taskId) ?? 0;
      }
      return sum;
    }, this.timeoutMs);
  }

  private async *list(taskId: string): AsyncGenerator<JsonObject> {
    const query = { taskId, order: 'asc', limit: String(LARGEST_PAGE) };
    for await (const page of this.api.pages(CALLS_PATH, query)) yield* page;
  }

  /** Asks by callId for some of the problem calls, for others in each round. Returns how many problems are left. */
  private async askForProblems(): Promise<number> {
    const round: number[] = [];
    let left = 0;
    for (let step = 0; step < this.states.calls; step += 1) {
      const call = (this.roundFrom + step) % this.states.calls;
      if (!this.check.isProblem(call)) continue;
      if (round.length < CALLS_IN_ROUND) round.push(call);
      else left += 1;
    }
    this.roundFrom = (round.at(-1) ?? -1) + 1;
    for (let at = 0; at < round.length; at += IDS_IN_QUESTION)
      await this.ask(round.slice(at, at + IDS_IN_QUESTION));
    return left + round.filter((call) => this.check.isProblem(call)).length;
  }

  private async ask(calls: readonly number[]): Promise<void> {
    const callId = calls.map((call) => this.factory.callIdOf(call)).join(',');
    const answered = new Set<number>();
    for await (const page of this.api.pages(CALLS_PATH, { callId, limit: String(LARGEST_PAGE) })) {
      for (const row of page) {
        const call = this.check.check(row);
        if (call === undefined) continue;
        if (answered.has(call)) this.states.markDouble(call);
        answered.add(call);
      }
    }
  }

  /**
   * Checks that calls which were listed twice, or not at all although they are stored, are now listed once. The
   * first lists may have been read while calls were still arriving, which moves rows between pages.
   */
  private async confirm(odd: ReadonlySet<number>): Promise<void> {
    const rows = new Map<number, number>();
    const tasks = new Set([...odd].map((call) => this.factory.taskOf(call)));
    for (const task of tasks) {
      for await (const row of this.list(this.factory.ids.taskId(task))) {
        const call = this.check.callOf(row);
        if (call !== undefined && odd.has(call)) rows.set(call, (rows.get(call) ?? 0) + 1);
      }
    }
    for (const call of odd) {
      const count = rows.get(call) ?? 0;
      if (count === 0) this.states.markUnlisted(call);
      if (count > 1) this.states.markDouble(call);
    }
  }
}

function isTotals(body: unknown): body is { readonly calls: number } {
  return typeof body === 'object' && body !== null && 'calls' in body && typeof body.calls === 'number';
}
