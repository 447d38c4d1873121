import type { CampaignOptions } from '../../simulator/records/campaign-options.js';
import { simulate } from '../../simulator/simulation.js';
import type { SimulatorOptions } from '../../simulator/simulator-options.js';
import { exitCodeOf } from '../../simulator/reporting/summary.js';
import { campaignOptions, simulatorOptions } from './example-options.js';
import { FakeLedger, type Faults } from './fake-ledger.js';
import { SilentProgress } from './silent-progress.js';

export const CAMPAIGN = campaignOptions({ calls: 120, batchSize: 10, tasks: 2 });

/** Pushes the campaign to a ledger with these faults, and verifies it. */
export async function verified(
  faults: Faults,
  campaign: CampaignOptions = CAMPAIGN,
  changes: Partial<SimulatorOptions> = {},
) {
  const ledger = await FakeLedger.listening(faults);
  try {
    const options = simulatorOptions(ledger.url, campaign, changes);
    const result = await simulate(options, new SilentProgress(), new AbortController().signal);
    if (result.verification === null) throw new Error(`not verified: ${String(result.verificationError)}`);
    return { result, verification: result.verification, exitCode: exitCodeOf(result), ledger };
  } finally {
    await ledger.close();
  }
}
