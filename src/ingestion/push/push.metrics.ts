import { Injectable, type NestMiddleware } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { Settings } from '../../config/settings.js';
import { SourceLabels } from '../../metrics/registry.js';
import type { KeptIn } from '../keeper.js';
import type { Response } from 'express';
import type { PushRequest } from './push.guard.js';

/** The outcomes of a push. The first two are acknowledged. */
const OUTCOMES = [
  'database',
  'journal',
  'unreadable',
  'unauthorized',
  'forbidden',
  'missed',
  'slow',
  'too_large',
  'unsupported',
  'throttled',
  'unavailable',
  'failed',
  'broken_off',
] as const;
export type PushOutcome = (typeof OUTCOMES)[number];

const OF_STATUS: ReadonlyMap<number, PushOutcome> = new Map([
  [400, 'unreadable'],
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'missed'],
  [408, 'slow'],
  [413, 'too_large'],
  [415, 'unsupported'],
  [429, 'throttled'],
  [503, 'unavailable'],
]);

/** In seconds. The service promises an answer within 0.5 s, and the vendor gives up after 0.7 s. */
const ACK_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 1, 2.5];

/** @param keptIn where the push was kept; undefined when it was not acknowledged */
function outcomeOf(status: number, keptIn: KeptIn | undefined): PushOutcome {
  if (status === 200 && keptIn !== undefined) return keptIn;
  return OF_STATUS.get(status) ?? 'failed';
}

/** The metrics of pushes. */
@Injectable()
export class PushMetrics {
  private readonly sources: SourceLabels;
  private readonly pushes: Counter<'source' | 'outcome'>;
  private readonly acks: Histogram<'kept_in'>;
  private readonly last: Gauge<'source'>;
  private acknowledgedAt: number | undefined;

  constructor(registry: Registry, settings: Settings) {
    const registers = [registry];
    this.sources = new SourceLabels(settings);
    this.pushes = new Counter({
      name: 'call_ledger_pushes_total',
      help: 'Pushes that were answered or broken off, by outcome.',
      labelNames: ['source', 'outcome'],
      registers,
    });
    this.acks = new Histogram({
      name: 'call_ledger_push_ack_seconds',
      help: 'Seconds from the headers of a push to the end of its 200 answer, by where the push was kept.',
      labelNames: ['kept_in'],
      buckets: ACK_BUCKETS_S,
      registers,
    });
    this.last = new Gauge({
      name: 'call_ledger_last_push_timestamp_seconds',
      help: 'Unix time of the last push of the source to the right path; the start of the process if none has come since.',
      labelNames: ['source'],
      registers,
    });
    this.zero();
  }

  /**
   * Counts a push that has ended.
   *
   * @param source the source of its token; undefined when the token is missing or not known
   * @param seconds the time from the beginning of the push to the end of its answer
   */
  ended(source: string | undefined, outcome: PushOutcome, seconds: number): void {
    const label = this.sources.of(source);
    this.pushes.inc({ source: label, outcome });
    if (outcome === 'database' || outcome === 'journal') {
      this.acks.observe({ kept_in: outcome }, seconds);
      this.acknowledgedAt = Date.now();
    }
    // Pushes to a wrong path do not count here: nothing is kept of them, as if the source were silent.
    if (source !== undefined && outcome !== 'missed') this.last.setToCurrentTime({ source: label });
  }

  /** When this process acknowledged its last push, in epoch milliseconds; undefined when it has acknowledged none. */
  get lastAcknowledgedAt(): number | undefined {
    return this.acknowledgedAt;
  }

  /** How many pushes this process has acknowledged, by duration. `upTo` is the upper end of the bucket in seconds. */
  async acknowledgements(): Promise<{ upTo: number; count: number }[]> {
    const { values } = await this.acks.get();
    const upToHere = [...ACK_BUCKETS_S, Infinity].map((upTo) =>
      values
        .filter(
          ({ labels }) => 'le' in labels && Number(String(labels.le).replace('+Inf', 'Infinity')) === upTo,
        )
        .reduce((sum, { value }) => sum + value, 0),
    );
    return [...ACK_BUCKETS_S, Infinity].map((upTo, index) => ({
      upTo,
      count: (upToHere[index] ?? 0) - (upToHere[index - 1] ?? 0),
    }));
  }

  /** Creates all series with 0, because Prometheus sees no increase in a series that begins with its first event. */
  private zero(): void {
    for (const source of this.sources.all)
      for (const outcome of OUTCOMES) this.pushes.inc({ source, outcome }, 0);
    for (const keptIn of ['database', 'journal']) this.acks.zero({ kept_in: keptIn });
    for (const source of this.sources.all.slice(0, -1)) this.last.setToCurrentTime({ source });
  }
}

/** Middleware that counts each push and measures how long its answer takes. */
@Injectable()
export class PushWatch implements NestMiddleware {
  constructor(private readonly metrics: PushMetrics) {}

  use(request: PushRequest, response: Response, next: () => void): void {
    const begin = performance.now();
    response.once('close', () => {
      const { pushSource, keptIn } = request;
      const outcome = response.writableFinished ? outcomeOf(response.statusCode, keptIn) : 'broken_off';
      this.metrics.ended(pushSource, outcome, (performance.now() - begin) / 1000);
    });
    next();
  }
}
