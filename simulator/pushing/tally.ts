import { AnswerTimes } from './answer-times.js';

/**
 * The injected faults by kind. Each one that was sent counts once, acknowledged or not, and retries do not count.
 */
export interface InjectedFaults {
  repeatedPushes: number;
  repeatedRecords: number;
  corrections: number;
  brokenRecords: number;
  brokenBodies: number;
  heldBackPushes: number;
  strangeRecords: number;
}

/**
 * Counts the vendor's pushes and their results. Pushes and records count once, however often they are tried.
 * Attempts count each time.
 */
export class Tally {
  readonly injected: InjectedFaults = {
    repeatedPushes: 0,
    repeatedRecords: 0,
    corrections: 0,
    brokenRecords: 0,
    brokenBodies: 0,
    heldBackPushes: 0,
    strangeRecords: 0,
  };
  readonly answerTimes = new AnswerTimes();
  /** Failed attempts by HTTP status, network error or `time-out`. */
  readonly failures = new Map<string, number>();
  pushesSent = 0;
  pushesAcknowledged = 0;
  pushesGivenUp = 0;
  /** Pushes that still waited for a retry when the run was interrupted. */
  pushesUnfinished = 0;
  attempts = 0;
  retries = 0;
  timeOuts = 0;
  recordsSent = 0;
  recordsAcknowledged = 0;
  recordsGivenUp = 0;
  brokenRecordsAcknowledged = 0;
  /** Broken bodies that were answered with 400, as they must be. */
  bodiesRefused = 0;
  /** Broken bodies that were acknowledged: a fault of the receiver. */
  bodiesAccepted = 0;
  /** Calls whose own push (not a repetition) is settled, for the progress bar. */
  callsSettled = 0;

  get failedAttempts(): number {
    let sum = 0;
    for (const count of this.failures.values()) sum += count;
    return sum;
  }

  countFailure(reason: string): void {
    this.failures.set(reason, (this.failures.get(reason) ?? 0) + 1);
  }
}
