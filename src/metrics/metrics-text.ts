import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/**
 * The values are collected at most once in this time, however many clients ask. To collect them takes about 5 ms of the
 * main thread.
 */
const COLLECTED_EVERY_MS = 1000;
const compress = promisify(gzip);

/** All metrics as text. */
export interface CollectedMetrics {
  readonly bytes: Buffer;
  readonly gzipped: Buffer;
}

/** The answer of /metrics. All requests within a second share it. */
@Injectable()
export class MetricsText {
  private readonly collectedAt: Gauge;
  private begunAt = -Infinity;
  private collected: Promise<CollectedMetrics> | undefined;
  private isCollecting = false;

  constructor(private readonly registry: Registry) {
    this.collectedAt = new Gauge({
      name: 'call_ledger_metrics_collected_timestamp_seconds',
      help: 'Time at which these values were collected, at most a second before the answer.',
      registers: [registry],
    });
  }

  /** The metrics, at most a second old. */
  current(): Promise<CollectedMetrics> {
    const now = performance.now();
    const isFresh = this.isCollecting || now - this.begunAt < COLLECTED_EVERY_MS;
    if (this.collected === undefined || !isFresh) {
      this.begunAt = now;
      this.collected = this.collect();
    }
    return this.collected;
  }

  private async collect(): Promise<CollectedMetrics> {
    this.isCollecting = true;
    try {
      this.collectedAt.set(Date.now() / 1000);
      const bytes = Buffer.from(await this.registry.metrics());
      return { bytes, gzipped: await compress(bytes) };
    } finally {
      this.isCollecting = false;
    }
  }
}
