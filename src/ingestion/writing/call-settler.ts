import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../persistence/connections/statement.js';
import type { CallRow } from './call-columns.js';
import type { CallState } from './call-state.js';
import { CallWriteRepository } from './call-write.repository.js';
import { CampaignRepository, type NamedCampaigns } from './campaign.repository.js';
import { MessageSettler, type SettledMessages } from './message-settler.js';

/** The effect of records on the calls. */
export interface SettledCalls extends SettledMessages<CallState> {
  /** The tasks and batches that were not known to be in the ledger. */
  readonly campaigns: NamedCampaigns;
}

/** Updates calls, tasks and batches with the reports of some deliveries. */
@Injectable()
export class CallSettler {
  private readonly rows: MessageSettler<CallState, CallRow>;

  constructor(
    calls: CallWriteRepository,
    private readonly campaigns: CampaignRepository,
  ) {
    this.rows = new MessageSettler(calls);
  }

  /**
   * Inserts new calls and settles known ones by the rule of `settlement.ts`.
   *
   * @param states the records of all deliveries, oldest first; each call at most once for each delivery
   * @throws CallVanishedError when a known call is deleted meanwhile
   */
  async settle(transaction: Transaction, states: readonly CallState[]): Promise<SettledCalls> {
    const campaigns = this.campaigns.unknownOf(states);
    await this.campaigns.insert(transaction, campaigns);
    return { campaigns, ...(await this.rows.settle(transaction, states)) };
  }
}
