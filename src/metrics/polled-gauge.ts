// A question to something that may be slow or away in, a gauge that never waits long for its answer out.
import { Gauge, type Registry } from 'prom-client';
import { SingleFlight } from '../background/single-flight.js';
import { within } from '../within.js';

/** However often the metrics are scraped, and by however many, one question is asked in this time. */
const ASKED_EVERY_MS = 5000;
/** A scrape waits this long for an answer; a later one gives it. */
const PATIENCE_MS = 300;
/** What has not been answered by then counts as not answered. */
const LATE_MS = 2000;

export interface PolledGaugeOptions {
  readonly name: string;
  readonly help: string;
  /** Asked at most every five seconds, and never twice at once. */
  readonly ask: () => Promise<number>;
  /** The value while there is no answer; undefined: the gauge is left out. */
  readonly otherwise?: number;
}

/** A gauge whose value has to be asked for. */
export class PolledGauge {
  private readonly gauge: Gauge;
  private askedAt = -Infinity;
  private readonly asking = new SingleFlight(() => this.ask());

  constructor(
    registry: Registry,
    private readonly options: PolledGaugeOptions,
  ) {
    const { name, help } = options;
    this.gauge = new Gauge({ name, help, registers: [registry], collect: () => this.collect() });
    // A new gauge says 0, which nobody has answered.
    this.show(undefined);
  }

  private async collect(): Promise<void> {
    const now = performance.now();
    if (this.asking.isUnderWay) {
      if (now - this.askedAt > LATE_MS) this.show(undefined);
      return;
    }
    if (now - this.askedAt < ASKED_EVERY_MS) return;
    this.askedAt = now;
    await within(PATIENCE_MS, this.asking.run());
  }

  private async ask(): Promise<void> {
    try {
      const value = await this.options.ask();
      this.show(performance.now() - this.askedAt > LATE_MS ? undefined : value);
    } catch {
      // Whoever is asked tells of it; here its absence does.
      this.show(undefined);
    }
  }

  private show(value: number | undefined): void {
    const shown = value ?? this.options.otherwise;
    if (shown === undefined) this.gauge.remove();
    else this.gauge.set(shown);
  }
}
