import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../persistence/connections/statement.js';
import type { CallRow } from './call-columns.js';
import type { CallState } from './call-state.js';
import { CallWriteRepository } from './call-write.repository.js';
import { CampaignRepository, type NamedCampaigns } from './campaign.repository.js';
import { countByDelivery, MessageSettler } from './message-settler.js';
import { RollupDeltas } from './rollup-deltas.js';
import { RollupRepository } from './rollup.repository.js';

/** The effect of records on the calls. */
export interface SettledCalls {
  /** The tasks and batches that were not known to be in the ledger. */
  readonly campaigns: NamedCampaigns;
  /** How many new calls each delivery brought, by its id. */
  readonly stored: ReadonlyMap<string, number>;
  /** How many records with new content for a known call each delivery brought, by its id. */
  readonly corrected: ReadonlyMap<string, number>;
}

/** Updates calls, tasks, batches and rollups with the records of some deliveries. */
@Injectable()
export class CallSettler {
  private readonly rows: MessageSettler<CallState, CallRow>;

  constructor(
    calls: CallWriteRepository,
    private readonly campaigns: CampaignRepository,
    private readonly rollups: RollupRepository,
  ) {
    this.rows = new MessageSettler(calls);
  }

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
    const { inserted, replaced, corrected } = await this.rows.settle(transaction, states);
    const deltas = new RollupDeltas();
    for (const state of inserted) deltas.add(state);
    for (const { before, after } of replaced) deltas.replace(before, after);
    await this.rollups.add(transaction, deltas.sorted(), lane);
    return { campaigns, stored: countByDelivery(inserted), corrected };
  }
}
