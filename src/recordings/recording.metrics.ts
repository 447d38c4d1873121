import { Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';
import { PolledGauge } from '../metrics/polled-gauge.js';
import { RecordingRepository } from './recording.repository.js';

const COUNTED_EVERY_MS = 60_000;
const SOON_HOURS = 48;

/** The metrics of recordings. */
@Injectable()
export class RecordingMetrics {
  private readonly downloads: Counter<'outcome'>;

  constructor(registry: Registry, recordings: RecordingRepository) {
    this.downloads = new Counter({
      name: 'call_ledger_recording_downloads_total',
      help: 'Downloads of recordings that ended in this process. `unkept`: the store or the database of the ledger did not take the file. `unwanted`: the recording was erased, or announced anew, meanwhile.',
      labelNames: ['outcome'],
      registers: [registry],
    });
    for (const outcome of ['kept', 'failed', 'unkept', 'unwanted'] as const)
      this.downloads.inc({ outcome }, 0);
    new PolledGauge(registry, {
      name: 'call_ledger_recordings',
      help: 'Recordings of the ledger by state, counted at most once a minute. Left out while the database is unavailable.',
      label: 'state',
      everyMs: COUNTED_EVERY_MS,
      ask: () => recordings.counts(),
    });
    new PolledGauge(registry, {
      name: 'call_ledger_recordings_expiring',
      help: `Recordings that are not kept yet, and whose URLs expire within ${SOON_HOURS} hours. Left out while the database is unavailable.`,
      everyMs: COUNTED_EVERY_MS,
      ask: () => recordings.countExpiring(SOON_HOURS),
    });
  }

  ended(outcome: 'kept' | 'failed' | 'unkept' | 'unwanted'): void {
    this.downloads.inc({ outcome });
  }
}
