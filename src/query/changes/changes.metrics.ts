import { Injectable } from '@nestjs/common';
import { Registry } from 'prom-client';
import { AskedGauge } from '../../metrics/asked-gauge.js';
import { ChangeRepository } from './change.repository.js';

@Injectable()
export class ChangesMetrics {
  constructor(registry: Registry, changes: ChangeRepository) {
    new AskedGauge(registry, {
      name: 'call_ledger_feed_position',
      help: 'Position of the newest delivery in the feed of changes. Left out while the database is away.',
      ask: () => changes.newest(),
    });
  }
}
