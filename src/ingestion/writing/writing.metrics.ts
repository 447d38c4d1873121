import { Injectable } from '@nestjs/common';
import { Counter, Histogram, Registry } from 'prom-client';
import { Settings } from '../../config/settings.js';
import { SourceLabels } from '../../metrics/registry.js';
import type { WrittenDelivery } from './delivery-write.repository.js';

const OUTCOMES = ['stored', 'corrected', 'duplicate', 'quarantined'] as const;
const WAYS = ['direct', 'journal', 'replay'] as const;

/** The metrics of committed deliveries and groups. */
@Injectable()
export class WritingMetrics {
  private readonly sources: SourceLabels;
  private readonly records: Counter<'source' | 'outcome'>;
  private readonly deliveries: Counter<'via' | 'redelivery'>;
  private readonly groupDeliveries: Histogram;
  private readonly groupRecords: Histogram;
  private readonly seconds: Histogram;

  constructor(registry: Registry, settings: Settings) {
    const registers = [registry];
    this.sources = new SourceLabels(settings);
    this.records = new Counter({
      name: 'call_ledger_records_total',
      help: 'Records that were committed, by outcome.',
      labelNames: ['source', 'outcome'],
      registers,
    });
    this.deliveries = new Counter({
      name: 'call_ledger_deliveries_total',
      help: 'Deliveries that were committed, by how they came in, and by whether the same body had come before.',
      labelNames: ['via', 'redelivery'],
      registers,
    });
    this.groupDeliveries = new Histogram({
      name: 'call_ledger_group_deliveries',
      help: 'Deliveries that one transaction committed together.',
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
      registers,
    });
    this.groupRecords = new Histogram({
      name: 'call_ledger_group_records',
      help: 'Records that one transaction committed together.',
      buckets: [1, 5, 10, 50, 100, 200, 500, 1000, 5000, 50_000],
      registers,
    });
    this.seconds = new Histogram({
      name: 'call_ledger_group_commit_seconds',
      help: 'Seconds from the start of a group to its commit.',
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 1, 5, 15],
      registers,
    });
    this.zero();
  }

  /**
   * Counts a committed group.
   *
   * @param seconds how long it took, including tries that were not committed
   */
  committed(group: readonly WrittenDelivery[], seconds: number): void {
    let records = 0;
    for (const { delivery, counts, redeliveryOf } of group) {
      records += counts.records;
      const source = this.sources.of(delivery.source);
      for (const outcome of OUTCOMES)
        if (counts[outcome] > 0) this.records.inc({ source, outcome }, counts[outcome]);
      this.deliveries.inc({ via: delivery.via, redelivery: String(redeliveryOf !== null) });
    }
    this.groupDeliveries.observe(group.length);
    this.groupRecords.observe(records);
    this.seconds.observe(seconds);
  }

  private zero(): void {
    for (const source of this.sources.all)
      for (const outcome of OUTCOMES) this.records.inc({ source, outcome }, 0);
    for (const via of WAYS)
      for (const redelivery of ['false', 'true']) this.deliveries.inc({ via, redelivery }, 0);
  }
}
