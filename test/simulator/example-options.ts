import type { CampaignOptions } from '../../simulator/records/campaign-options.js';
import type { SimulatorOptions } from '../../simulator/simulator-options.js';

/** A small campaign without faults. */
export function campaignOptions(changes: Partial<CampaignOptions> = {}): CampaignOptions {
  return {
    seed: 'test',
    calls: 400,
    tasks: 3,
    batches: 2,
    firstDay: '2025-09-01',
    batchSize: 20,
    duplicates: 0,
    corrections: 0,
    broken: 0,
    brokenBodies: 0,
    reorder: 0,
    strange: 0,
    unpushed: 0,
    ...changes,
  };
}

/** Options of a fast run against `url`: a minute of the vendor's waits takes 6 ms. */
export function simulatorOptions(
  url: string,
  campaign: CampaignOptions,
  changes: Partial<SimulatorOptions> = {},
): SimulatorOptions {
  return {
    url,
    token: 'a-token-of-16-characters',
    apiKey: 'key',
    campaign,
    vendor: { rate: null, concurrency: 4, maxRetries: 3, timeScale: 0.0001 },
    timeOutMs: 5000,
    vendorApi: null,
    verify: true,
    verifyTimeoutMs: 100,
    json: false,
    ...changes,
  };
}
