import type { SimulationResult } from '../simulation.js';
import { countFaults, type VerificationResult } from '../verification/verification-result.js';

const rounded = (value: number | null): number | null =>
  value === null ? null : Math.round(value * 10) / 10;

/**
 * Returns 0 if there is no fault; 1 for a fault, if nothing was acknowledged, or if verification was not possible;
 * 130 if interrupted.
 */
export function exitCodeOf(result: SimulationResult): number {
  if (result.interrupted) return 130;
  const faults = result.verification === null ? 0 : countFaults(result.verification);
  const nothing = result.tally.pushesAcknowledged === 0;
  return faults > 0 || result.verificationError !== null || nothing ? 1 : 0;
}

/** The summary for machines. Durations are in seconds, or in ms if their name says so. */
export function summaryObject(result: SimulationResult) {
  const { tally } = result;
  return {
    seed: result.seed,
    run: result.run,
    calls: result.calls,
    unpushed: result.unpushed,
    taskIds: result.taskIds,
    interrupted: result.interrupted,
    seconds: rounded(result.pushingSeconds),
    recordsPerSecond: rounded(tally.recordsAcknowledged / Math.max(result.pushingSeconds, 0.001)),
    records: {
      sent: tally.recordsSent,
      acknowledged: tally.recordsAcknowledged,
      notAcknowledged: tally.recordsGivenUp,
    },
    pushes: {
      sent: tally.pushesSent,
      acknowledged: tally.pushesAcknowledged,
      attempts: tally.attempts,
      retries: tally.retries,
      timedOut: tally.timeOuts,
      givenUp: tally.pushesGivenUp,
      unfinished: tally.pushesUnfinished,
    },
    failures: Object.fromEntries(tally.failures),
    answerMs: {
      p50: rounded(tally.answerTimes.percentile(0.5)),
      p99: rounded(tally.answerTimes.percentile(0.99)),
      max: rounded(tally.answerTimes.max),
    },
    injected: tally.injected,
    brokenBodies: { refused: tally.bodiesRefused, accepted: tally.bodiesAccepted },
    verification: result.verification,
    verificationError: result.verificationError,
    faults: result.verification === null ? null : countFaults(result.verification),
    exitCode: exitCodeOf(result),
  };
}

/** The summary for people, as lines of text. */
export function summaryText(result: SimulationResult): string {
  const { records, pushes, answerMs, failures, seconds, recordsPerSecond } = summaryObject(result);
  const { injected, bodiesRefused, bodiesAccepted } = result.tally;
  const reasons = Object.entries(failures).map(([reason, count]) => `${count} × ${reason}`);
  const lines = [
    `Simulated ${result.calls} calls${unpushedText(result)}, seed ${result.seed}, run ${result.run}${result.interrupted ? ' (interrupted)' : ''}`,
    `records    ${records.sent} sent, ${records.acknowledged} acknowledged in ${seconds} s: ${recordsPerSecond} a second`,
    `pushes     ${pushes.sent} sent, ${pushes.acknowledged} acknowledged, ${pushes.retries} retries, ${pushes.timedOut} timed out`,
    `lost       ${pushes.givenUp} pushes given up after their last retry` +
      (pushes.unfinished > 0 ? `, ${pushes.unfinished} unfinished` : '') +
      `: ${records.notAcknowledged} records not acknowledged`,
    `failures   ${reasons.length === 0 ? 'none' : reasons.join(', ')}`,
    `answers    p50 ${answerMs.p50} ms, p99 ${answerMs.p99} ms, max ${answerMs.max} ms`,
    `injected   ${injected.repeatedPushes} repeated pushes, ${injected.repeatedRecords} records repeated in another push, ` +
      `${injected.corrections} corrections, ${injected.heldBackPushes} pushes sent late`,
    `           ${injected.brokenRecords} broken records, ${injected.strangeRecords} strange records, ` +
      `${injected.brokenBodies} broken bodies (${bodiesRefused} refused with 400, ${bodiesAccepted} acknowledged)`,
  ];
  return [...lines, ...verificationLines(result)].join('\n');
}

function unpushedText({ unpushed }: SimulationResult): string {
  return unpushed === 0 ? '' : ` (${unpushed} of them never pushed)`;
}

function verificationLines({ verification, verificationError }: SimulationResult): string[] {
  if (verificationError !== null) return [`verify     NOT POSSIBLE: ${verificationError}`];
  if (verification === null) return ['verify     not done'];
  const faults = countFaults(verification);
  const { acknowledged, found, missing, double, wrong, unlisted, unexpected, totals } = verification;
  return [
    `verify     ${faults === 0 ? 'OK' : `${faults} FAULTS`}: ${acknowledged} calls acknowledged, ${found} found, ` +
      `${missing} missing, ${double} double, ${wrong} wrong, ${unlisted} unlisted, ${unexpected} never sent`,
    ...(verification.unacknowledgedStored > 0
      ? [
          `           ${verification.unacknowledgedStored} calls of given-up pushes are stored all the same: no fault`,
        ]
      : []),
    `totals     ${totals.compared - totals.wrong.length} tasks correct, ${totals.wrong.length} wrong` +
      (totals.uncertain > 0 ? `, ${totals.uncertain} not compared (pushes given up)` : ''),
    `quarantine ${quarantineText(verification)}`,
    ...completenessLines(verification),
    ...conversationLines(verification),
    ...totals.wrong.slice(0, 5).map((line) => `           ${line}`),
    ...verification.examples.map((line) => `           ${line}`),
  ];
}

function completenessLines({ completeness }: VerificationResult): string[] {
  if (completeness === null) return [];
  const { expected, named, misnamed, repaired, unrepairable } = completeness;
  return [
    `repair     ${expected} calls never pushed: the ledger named ${named} of them and ${misnamed} others, ` +
      `and repaired ${repaired}` +
      (unrepairable > 0 ? `; of ${unrepairable} the query API does not say the callId` : ''),
  ];
}

function conversationLines({ conversations }: VerificationResult): string[] {
  if (conversations === null) return [];
  const { notes, conversationsRight, recordings, recordingsRight, examples } = conversations;
  return [
    `messages   ${conversationsRight} of ${notes} conversations correct, ${recordingsRight} of ${recordings} recordings correct`,
    ...examples.map((line) => `           ${line}`),
  ];
}

function quarantineText({ quarantine: { expected, found, entries } }: VerificationResult): string {
  if (expected === 0) return 'nothing unreadable was sent';
  const sent = `${expected} unreadable records and bodies sent`;
  return found === null
    ? `${sent}, not checked: the service has no /v1/quarantine`
    : `${sent}, ${found} found in ${entries} entries`;
}
