import { Injectable } from '@nestjs/common';
import { Registry } from 'prom-client';
import { PolledGauge } from '../metrics/polled-gauge.js';
import { MOST_COUNTED, QuarantineRepository } from './quarantine.repository.js';

@Injectable()
export class QuarantineMetrics {
  constructor(registry: Registry, quarantine: QuarantineRepository) {
    new PolledGauge(registry, {
      name: 'call_ledger_quarantine_open_entries',
      help: `Open entries of the quarantine, ${MOST_COUNTED} at most. Left out while the database is unavailable.`,
      ask: () => quarantine.countOpen(),
    });
  }
}
