import { Injectable } from '@nestjs/common';
import { Registry } from 'prom-client';
import { PolledGauge } from '../../metrics/polled-gauge.js';
import { ChangeRepository } from './change.repository.js';

@Injectable()
export class ChangesMetrics {
  constructor(registry: Registry, changes: ChangeRepository) {
    new PolledGauge(registry, {
      name: 'call_ledger_feed_position',
      help: 'Position of the newest delivery in the feed of changes. Left out while the database is unavailable.',
      ask: () => changes.newest(),
    });
  }
}
