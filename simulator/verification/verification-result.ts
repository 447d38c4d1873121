import { type CompletenessResult, faultsOf } from './completeness-check.js';
import { conversationFaults, type ConversationsResult } from './conversations-check.js';
import type { QuarantineResult } from './quarantine-check.js';
import type { TotalsResult } from './totals-check.js';

/** The result of verification. The numbers count calls. */
export interface VerificationResult {
  readonly acknowledged: number;
  /** Acknowledged and in the ledger. */
  readonly found: number;
  readonly missing: number;
  readonly double: number;
  /** In the ledger, but not as it was sent. */
  readonly wrong: number;
  /** In the ledger by callId, but not in its task's list. */
  readonly unlisted: number;
  /** In the ledger under this run's tasks, but never sent. */
  readonly unexpected: number;
  /** In the ledger although the push was given up. That is no fault. */
  readonly unacknowledgedStored: number;
  /** Broken bodies that were acknowledged. */
  readonly bodiesAccepted: number;
  readonly totals: TotalsResult;
  readonly quarantine: QuarantineResult;
  /** Null unless the query API is served and has calls that were never pushed. */
  readonly completeness: CompletenessResult | null;
  /** Null unless notes or recordings were pushed. */
  readonly conversations: ConversationsResult | null;
  /** Some of the faults, a line each. */
  readonly examples: readonly string[];
}

/** Returns the number of all faults. */
export function countFaults(result: VerificationResult): number {
  const { missing, double, wrong, unlisted, unexpected, bodiesAccepted } = result;
  const { totals, quarantine, completeness, conversations } = result;
  const lostFromQuarantine =
    quarantine.found === null ? 0 : Math.max(0, quarantine.expected - quarantine.found);
  return (
    missing +
    double +
    wrong +
    unlisted +
    unexpected +
    bodiesAccepted +
    totals.wrong.length +
    lostFromQuarantine +
    (completeness === null ? 0 : faultsOf(completeness)) +
    (conversations === null ? 0 : conversationFaults(conversations))
  );
}
