import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Settings } from '../../config/settings.js';
import { errorCode } from '../../../platform/error-code.js';
import { PolledGauge } from '../../metrics/polled-gauge.js';
import { CircuitBreaker } from '../circuit-breaker.js';
import { Journal } from './journal.js';

/**
 * The metrics of this process's journal and of the circuit breaker. When the journal is off, only the latter exists.
 */
@Injectable()
export class JournalMetrics {
  constructor(
    private readonly registry: Registry,
    private readonly journal: Journal,
    breaker: CircuitBreaker,
    { journalDir, journalMaxBytes }: Settings,
  ) {
    this.gauge(
      'call_ledger_breaker_open',
      '1 while pushes skip the database because writes failed, else 0.',
      () => Number(breaker.isOpen),
    );
    if (journalDir === undefined) return;
    this.addGauges(journalMaxBytes);
    this.addCounters();
    new PolledGauge(registry, {
      name: 'call_ledger_journal_disk_free_bytes',
      help: 'Bytes that are free on the disk of the journal.',
      ask: () => freeBytes(journalDir),
    });
  }

  private addGauges(journalMaxBytes: number): void {
    const { journal } = this;
    const { undrained } = journal;
    this.gauge(
      'call_ledger_journal_entries',
      'Deliveries in the journal that are not in the database yet.',
      () => undrained.entries,
    );
    this.gauge('call_ledger_journal_bytes', 'Bytes that the journal holds.', () => journal.bytes);
    this.gauge('call_ledger_journal_max_bytes', 'Bytes that the journal may hold.', () => journalMaxBytes);
    this.gauge(
      'call_ledger_journal_oldest_entry_age_seconds',
      'How long ago the oldest delivery in the journal was received; 0 when it is empty.',
      () => Math.max(0, Date.now() - (undrained.since ?? Infinity)) / 1000,
    );
    this.gauge(
      'call_ledger_journal_usable',
      '1 if the journal can take a push, as far as is known, else 0.',
      () => Number(journal.problem === undefined),
    );
  }

  private addCounters(): void {
    const { undrained } = this.journal;
    this.counter(
      'call_ledger_journal_appended_total',
      'Deliveries that this process has written into the journal.',
      () => undrained.appended,
    );
    this.counter(
      'call_ledger_journal_drained_total',
      'Deliveries that this process has written from the journal into the database.',
      () => undrained.drained,
    );
  }

  private gauge(name: string, help: string, value: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(value());
      },
    });
  }

  private counter(name: string, help: string, value: () => number): void {
    new Counter({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  }
}

/**
 * The free bytes on a folder's disk. The journal's folder is created with its first entry; before that, its parent is
 * measured.
 */
async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || dirname(folder) === folder) throw error;
    return freeBytes(dirname(folder));
  }
}
