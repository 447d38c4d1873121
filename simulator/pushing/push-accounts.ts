import type { CallFactory } from '../records/call-factory.js';
import type { CallStates } from './call-states.js';
import type { Entry, Push } from './push.js';
import type { Attempt } from './push-client.js';
import type { PushPlan } from './push-plan.js';
import type { Tally } from './tally.js';

/** Records the result of each push, and what it means for each call in it. */
export class PushAccounts {
  constructor(
    private readonly factory: CallFactory,
    private readonly plan: PushPlan,
    private readonly states: CallStates,
    readonly tally: Tally,
  ) {}

  /** Records a push that is sent for the first time. Returns the number of its records. */
  begin(push: Push): number {
    const { tally } = this;
    const { injected } = tally;
    tally.pushesSent += 1;
    if (push.again) injected.repeatedPushes += 1;
    if (push.heldBack) injected.heldBackPushes += 1;
    if (push.content.kind === 'broken-body') injected.brokenBodies += 1;
    let records = 0;
    for (const entry of this.plan.entries(push)) {
      records += 1;
      if (!push.again) this.countInjected(entry);
    }
    tally.recordsSent += records;
    return records;
  }

  /** Records an attempt. Returns undefined if it settles the push, or else the reason for its failure. */
  attempted(push: Push, attempt: Attempt): string | undefined {
    const { tally } = this;
    if (attempt.kind === 'answer') tally.answerTimes.add(attempt.ms);
    if (push.content.kind === 'broken-body' && attempt.kind === 'answer') {
      if (attempt.acknowledged) tally.bodiesAccepted += 1;
      else if (attempt.status === 400) tally.bodiesRefused += 1;
      if (attempt.acknowledged || attempt.status === 400) return undefined;
    } else if (attempt.kind === 'answer' && attempt.acknowledged) {
      this.acknowledge(push);
      return undefined;
    }
    if (attempt.kind === 'time-out') tally.timeOuts += 1;
    const reason = reasonOf(attempt);
    tally.countFailure(reason);
    return reason;
  }

  /**
   * Records a push that the vendor will not send again, after its last retry or because the run was interrupted.
   */
  giveUp(push: Push, interrupted: boolean): void {
    if (interrupted) this.tally.pushesUnfinished += 1;
    else this.tally.pushesGivenUp += 1;
    for (const entry of this.plan.entries(push)) {
      this.tally.recordsGivenUp += 1;
      if (entry.kind === 'call') this.states.giveUp(entry.call, entry.version);
    }
    this.settle(push);
  }

  private acknowledge(push: Push): void {
    this.tally.pushesAcknowledged += 1;
    for (const entry of this.plan.entries(push)) {
      this.tally.recordsAcknowledged += 1;
      if (entry.kind === 'call') this.states.acknowledge(entry.call, entry.version);
      else if (entry.kind !== 'broken') this.states.acknowledgeMessage(entry.call, entry.kind);
      else if (!push.again) this.tally.brokenRecordsAcknowledged += 1;
    }
    this.settle(push);
  }

  private settle(push: Push): void {
    if (push.content.kind !== 'calls' || push.again) return;
    const { calls, batchSize } = this.factory.options;
    this.tally.callsSettled += Math.min(batchSize, calls - push.content.number * batchSize);
  }

  private countInjected(entry: Entry): void {
    const { injected } = this.tally;
    if (entry.kind === 'broken') {
      injected.brokenRecords += 1;
      return;
    }
    if (entry.kind !== 'call') return;
    if (entry.repeated) injected.repeatedRecords += 1;
    else if (entry.version === 1) injected.corrections += 1;
    else if (this.factory.oddities.strange(entry.call) !== undefined) injected.strangeRecords += 1;
  }
}

function reasonOf(attempt: Attempt): string {
  if (attempt.kind === 'time-out') return 'time-out';
  if (attempt.kind === 'network') return attempt.code;
  return attempt.status === 200 ? '200 without a numeric code' : String(attempt.status);
}
