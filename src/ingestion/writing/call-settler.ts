import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../persistence/connections/statement.js';
import type { CallState, Standing } from './call-state.js';
import { CallWriteRepository } from './call-write.repository.js';
import { CampaignRepository, type NamedCampaigns } from './campaign.repository.js';
import { RollupDeltas } from './rollup-deltas.js';
import { RollupRepository } from './rollup.repository.js';
import { hasSameReceipts, isDuplicate, renew, settle, type Settlement } from './settlement.js';

/** The effect of records on the calls. */
export interface SettledCalls {
  /** The tasks and batches that were not known to be in the ledger. */
  readonly campaigns: NamedCampaigns;
  /** How many new calls each delivery brought, by its id. */
  readonly stored: ReadonlyMap<string, number>;
  /** How many records with new content for a known call each delivery brought, by its id. */
  readonly corrected: ReadonlyMap<string, number>;
}

/** The effect of records on calls that were known. */
type SettledKnown = Pick<SettledCalls, 'corrected'> & Pick<Settlement, 'replaced'>;

const NOTHING_SETTLED: Settlement = { replaced: [], renewed: [], past: [], outcomes: [] };

/** Updates calls, tasks, batches and rollups with the records of some deliveries. */
@Injectable()
export class CallSettler {
  constructor(
    private readonly calls: CallWriteRepository,
    private readonly campaigns: CampaignRepository,
    private readonly rollups: RollupRepository,
  ) {}

  /**
   * Inserts new calls, settles known ones by the rule of `settlement.ts`, and updates the rollups accordingly.
   *
   * @param states the records of all deliveries, oldest first; each call at most once for each delivery
   * @param lane the lane of the rollups
   * @throws CallVanishedError when a known call is deleted meanwhile
   */
  async settle(transaction: Transaction, states: readonly CallState[], lane: number): Promise<SettledCalls> {
    const campaigns = this.campaigns.unknownOf(states);
    await this.campaigns.insert(transaction, campaigns);
    const firsts = new Map<string, CallState>();
    for (const state of states) if (!firsts.has(state.callId)) firsts.set(state.callId, state);
    const ids = await this.calls.insertNew(transaction, [...firsts.values()].sort(byCallId));
    const inserted = [...firsts.values()].filter(({ callId }) => ids.has(callId));
    const isInserted = new Set(inserted);
    const known = states.filter((state) => !isInserted.has(state));
    const { replaced, corrected } = await this.settleKnown(transaction, known);
    const deltas = new RollupDeltas();
    for (const state of inserted) deltas.add(state);
    for (const { before, after } of replaced) deltas.replace(before, after);
    await this.rollups.add(transaction, deltas.sorted(), lane);
    return { campaigns, stored: countByDelivery(inserted), corrected };
  }

  private async settleKnown(transaction: Transaction, known: readonly CallState[]): Promise<SettledKnown> {
    if (known.length === 0) return { replaced: [], corrected: new Map() };
    await this.calls.lock(transaction, callIds(known));
    // This is read after the lock, to see what another writer committed while this one waited.
    const standings = await this.calls.standings(transaction, callIds(known));
    const isChanged = new Set(callIds(known.filter((state) => isOther(standings.get(state.callId), state))));
    const changed = known.filter(({ callId }) => isChanged.has(callId));
    const duplicates = known.filter(({ callId }) => !isChanged.has(callId));
    const { replaced, renewed, past, outcomes } = await this.settleChanged(transaction, changed);
    await this.calls.insertPast(transaction, past);
    await this.calls.replace(
      transaction,
      replaced.map(({ after }) => after),
    );
    await this.calls.renew(transaction, [...renewed, ...renewedBy(standings, duplicates)]);
    const corrected = changed.filter((_state, index) => outcomes[index] === 'corrected');
    return { replaced, corrected: countByDelivery(corrected) };
  }

  private async settleChanged(transaction: Transaction, changed: readonly CallState[]): Promise<Settlement> {
    if (changed.length === 0) return NOTHING_SETTLED;
    return settle(await this.calls.states(transaction, callIds(changed)), changed);
  }
}

function isOther(standing: Standing | undefined, state: CallState): boolean {
  return standing === undefined || !isDuplicate(standing, state);
}

/** The rows whose receipts change because of duplicates. */
function renewedBy(standings: ReadonlyMap<string, Standing>, duplicates: readonly CallState[]): Standing[] {
  const renewed = new Map<string, Standing>();
  for (const duplicate of duplicates) {
    const row = renewed.get(duplicate.callId) ?? standings.get(duplicate.callId);
    if (row !== undefined) renewed.set(duplicate.callId, renew(row, duplicate));
  }
  return [...renewed.values()].filter((row) => {
    const before = standings.get(row.callId);
    return before !== undefined && !hasSameReceipts(before, row);
  });
}

/** The order in which every writer inserts rows of calls. */
function byCallId(a: CallState, b: CallState): number {
  return a.callId < b.callId ? -1 : 1;
}

function callIds(states: readonly CallState[]): string[] {
  return states.map(({ callId }) => callId);
}

function countByDelivery(states: readonly CallState[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { deliveryId } of states) counts.set(deliveryId, (counts.get(deliveryId) ?? 0) + 1);
  return counts;
}
