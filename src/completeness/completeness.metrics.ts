import { Injectable } from '@nestjs/common';
import { Registry } from 'prom-client';
import { SingleFlight } from '../background/single-flight.js';
import { PolledGauge } from '../metrics/polled-gauge.js';
import { CompletenessRepository } from './completeness.repository.js';
import { VendorAccount } from './vendor-account.js';

/** The metrics of completeness. Without an access key to the vendor, nothing is known and nothing is shown. */
@Injectable()
export class CompletenessMetrics {
  constructor(registry: Registry, account: VendorAccount, completeness: CompletenessRepository) {
    if (!account.isKnown) return;
    // Gauges are asked at the same time.
    const summary = new SingleFlight(() => completeness.summary());
    new PolledGauge(registry, {
      name: 'call_ledger_missing_calls',
      help: 'Calls that the vendor counts and the ledger lacks, as the last checks found them. Left out while the database is unavailable.',
      ask: async () => (await summary.run()).missing,
    });
    new PolledGauge(registry, {
      name: 'call_ledger_completeness_checked_seconds',
      help: 'Seconds since the last check of the recent or of all tasks was done. Left out before the first one, and while the database is unavailable.',
      ask: async () => secondsSince((await summary.run()).checkedAt),
    });
    new PolledGauge(registry, {
      name: 'call_ledger_push_time_zone_offset_seconds',
      help: "How far the times of pushes, read in PUSH_TIME_ZONE, are ahead of the vendor's epoch times. 0: the time zone is right. Left out while no call is known both ways.",
      ask: async () => secondsOf((await completeness.zone())?.offsetMs),
    });
  }
}

/** @throws Error when there is no value: then the gauge is left out */
function secondsOf(ms: number | undefined): number {
  if (ms === undefined) throw new Error('not known yet');
  return ms / 1000;
}

function secondsSince(epochMs: number | null): number {
  return secondsOf(epochMs === null ? undefined : Math.max(0, Date.now() - epochMs));
}
