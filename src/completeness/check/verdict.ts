// Makes a verdict of the numbers that a check has found. This file uses neither the database nor the network.

/** The verdicts on a task. */
export const VERDICTS = ['complete', 'missing', 'surplus', 'unsettled', 'unknown'] as const;
type Verdict = (typeof VERDICTS)[number];

/** What a check found of a task. */
export interface TaskFacts {
  /** All calls by the vendor's count. Null: the vendor gives no number. */
  readonly vendorCalls: number | null;
  /** The calls of the source by the ledger's statistics, deleted ones included. */
  readonly ledgerCalls: number;
  /** The entries with a call, as the vendor lists them. */
  readonly vendorEntries: number;
  /** Those of the entries whose last call the ledger has, or must not have. */
  readonly heldEntries: number;
  /** Calls of these entries that the ledger has from other sources. The statistics of the source lack them. */
  readonly elsewhere: number;
  /** Entries that count as held, although the ledger may never have had their calls. */
  readonly exempt: number;
  /** Entries that were never dialled. Nobody knows whether the vendor counts them as calls. */
  readonly neverDialled: number;
  /** Missing entries whose call ended so recently that the vendor may still push it. */
  readonly recent: number;
  /** Why calls count as under way. Null: none is. */
  readonly underWay: string | null;
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly missing: number;
  readonly reason: string;
}

/**
 * Judges a task.
 *
 * @param named the listed entries whose calls are missing
 */
export function judge(facts: TaskFacts, named: number): Judgement {
  const { vendorCalls, underWay, recent } = facts;
  if (underWay !== null) {
    // A call that ended some seconds ago may be on its way. It is not missing yet.
    const missing = Math.max(0, named - recent);
    return { verdict: 'unsettled', missing, reason: `${underWay}.${missingSoFar(missing)}` };
  }
  const unnamed = vendorCalls === null ? 0 : vendorCalls - facts.ledgerCalls - facts.elsewhere - named;
  // Entries that were never dialled explain a difference, and so do those that count as held.
  const unexplained = unnamed - facts.exempt - facts.neverDialled;
  if (named > 0 || unexplained > 0) return missingOf(facts, named, Math.max(0, unexplained), unnamed);
  if (vendorCalls === null) {
    const reason = `The vendor gives no number of calls. All ${facts.vendorEntries} entries that it lists are in the ledger, but earlier attempts of them cannot be compared.`;
    return { verdict: 'unknown', missing: 0, reason };
  }
  return settled({ ...facts, vendorCalls }, unnamed);
}

function settled(facts: TaskFacts & { readonly vendorCalls: number }, unnamed: number): Judgement {
  const { vendorCalls, exempt, neverDialled } = facts;
  if (unnamed < 0) {
    const reason = `The ledger has ${count(-unnamed, 'call')} more than the vendor counts. Nothing is deleted.`;
    return { verdict: 'surplus', missing: 0, reason };
  }
  if (unnamed > exempt) {
    const reason = `The vendor counts ${count(unnamed - exempt, 'call')} more than the ledger has, but ${count(neverDialled, 'entry', 'entries')} of the task ${neverDialled === 1 ? 'was' : 'were'} never dialled, and the vendor may count them.`;
    return { verdict: 'unknown', missing: 0, reason };
  }
  const all = vendorCalls === 0 ? 'The vendor counts no calls.' : `The ledger has all ${vendorCalls} calls.`;
  return { verdict: 'complete', missing: 0, reason: `${all}${elsewhereText(facts)}${exemptText(facts)}` };
}

function missingOf(facts: TaskFacts, named: number, unexplained: number, unnamed: number): Judgement {
  const parts = [];
  if (named > 0) parts.push(`${count(named, 'entry', 'entries')} of the vendor's list ${be(named)} missing.`);
  if (unexplained > 0)
    parts.push(
      `The vendor counts ${count(unexplained, 'more call')} that cannot be named: earlier attempts of entries that were called again. Its list has only the last ones.`,
    );
  if (facts.recent > 0)
    parts.push(
      `${count(facts.recent, 'missing call')} ended less than 20 minutes ago: the vendor may still push ${facts.recent === 1 ? 'it' : 'them'}.`,
    );
  if (unnamed < 0) parts.push(`The ledger also has ${count(-unnamed, 'call')} more than the vendor counts.`);
  const reason = `${parts.join(' ')}${elsewhereText(facts)}`;
  return { verdict: 'missing', missing: named + unexplained, reason };
}

function missingSoFar(missing: number): string {
  return missing === 0 ? '' : ` ${count(missing, 'call')} that ended earlier ${be(missing)} missing.`;
}

function elsewhereText({ elsewhere }: TaskFacts): string {
  return elsewhere === 0 ? '' : ` ${count(elsewhere, 'call')} came from other sources.`;
}

function exemptText({ exempt }: TaskFacts): string {
  return exempt === 0
    ? ''
    : ` ${count(exempt, 'call')} of an erased number or older than the retention time ${exempt === 1 ? 'counts' : 'count'} as held.`;
}

function count(number: number, one: string, several = `${one}s`): string {
  return `${number} ${number === 1 ? one : several}`;
}

function be(number: number): string {
  return number === 1 ? 'is' : 'are';
}
