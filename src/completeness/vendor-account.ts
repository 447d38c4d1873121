import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { VendorApi } from '../vendor-api/vendor-api.js';

export const NO_ACCESS_KEY =
  "The service has no access key to the vendor's query API. Set ALIYUN_ACCESS_KEY_ID and ALIYUN_ACCESS_KEY_SECRET";

/** The vendor's query API, if the settings have an access key, and the source whose calls it shows. */
@Injectable()
export class VendorAccount {
  /** The source whose pushes bring the calls of this account. */
  readonly source: string;
  private readonly api: VendorApi | undefined;

  constructor({ vendorAccess, completeness, pushTokens }: Settings) {
    this.source = completeness.source ?? pushTokens[0]?.source ?? '';
    const { requestsPerSecond } = completeness;
    this.api = vendorAccess === undefined ? undefined : new VendorApi(vendorAccess, { requestsPerSecond });
  }

  get isKnown(): boolean {
    return this.api !== undefined;
  }

  /** @throws Error when the settings have no access key */
  get vendor(): VendorApi {
    if (this.api === undefined) throw new Error(NO_ACCESS_KEY);
    return this.api;
  }
}
