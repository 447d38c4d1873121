import type { VendorApiOptions } from './vendor-api/vendor-api-server.js';
import type { VendorOptions } from './pushing/vendor.js';
import type { CampaignOptions } from './records/campaign-options.js';

/** Everything a run of the simulator needs to know. */
export interface SimulatorOptions {
  /** The service's base URL. */
  readonly url: string;
  readonly token: string;
  /** Key for the API; null unless the run verifies. */
  readonly apiKey: string | null;
  readonly campaign: CampaignOptions;
  readonly vendor: VendorOptions;
  /** How long the vendor waits for an answer, in milliseconds. */
  readonly timeOutMs: number;
  /** Null: the query API is not served. */
  readonly vendorApi: VendorApiOptions | null;
  readonly verify: boolean;
  /** How long verification waits for progress, in milliseconds. */
  readonly verifyTimeoutMs: number;
  readonly json: boolean;
}

/** All problems with the command line and its environment. */
export class UsageError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}
