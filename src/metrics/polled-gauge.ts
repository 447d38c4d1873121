import { Gauge, type Registry } from 'prom-client';
import { SingleFlight } from '../background/single-flight.js';
import { within } from '../within.js';

/** By default, the value is read at most once in this time, however often the metrics are scraped. */
const ASKED_EVERY_MS = 5000;
/** A scrape waits so long for the value. If the value comes later, a later scrape shows it. */
const PATIENCE_MS = 300;
/** A value that takes a larger share of the time between two readings counts as missing. */
const LATE = 0.4;

export interface PolledGaugeOptions {
  readonly name: string;
  readonly help: string;
  /** The label by which `ask` gives several values. */
  readonly label?: string;
  /** Reads the value, or the values by label. It is called at most every `everyMs`, and never twice at once. */
  readonly ask: () => Promise<GaugeValue>;
  /** Milliseconds between two readings; 5000 by default. A reading may take two fifths of it. */
  readonly everyMs?: number;
  /** The value while there is no answer. If it is undefined, the gauge is left out. */
  readonly otherwise?: number;
}

type GaugeValue = number | ReadonlyMap<string, number>;

/** A gauge whose value is read from something that may be slow or unavailable. A scrape never waits long for it. */
export class PolledGauge {
  private readonly gauge: Gauge;
  private readonly everyMs: number;
  private askedAt = -Infinity;
  private readonly asking = new SingleFlight(() => this.ask());

  constructor(
    registry: Registry,
    private readonly options: PolledGaugeOptions,
  ) {
    const { name, help, label, everyMs = ASKED_EVERY_MS } = options;
    this.everyMs = everyMs;
    const labelNames = label === undefined ? [] : [label];
    this.gauge = new Gauge({ name, help, labelNames, registers: [registry], collect: () => this.collect() });
    // A new gauge shows 0, although nothing has answered yet.
    this.show(undefined);
  }

  private async collect(): Promise<void> {
    const now = performance.now();
    if (this.asking.isUnderWay) {
      if (now - this.askedAt > LATE * this.everyMs) this.show(undefined);
      return;
    }
    if (now - this.askedAt < this.everyMs) return;
    this.askedAt = now;
    await within(PATIENCE_MS, this.asking.run());
  }

  private async ask(): Promise<void> {
    try {
      const value = await this.options.ask();
      this.show(performance.now() - this.askedAt > LATE * this.everyMs ? undefined : value);
    } catch {
      // The code behind `ask` reports the failure. Here only the value is missing.
      this.show(undefined);
    }
  }

  private show(value: GaugeValue | undefined): void {
    const shown = value ?? this.options.otherwise;
    const { label } = this.options;
    if (typeof shown === 'number') {
      this.gauge.set(shown);
      return;
    }
    // What is not among the values any more is left out. `reset` would show 0 for a gauge without labels.
    if (label === undefined) {
      this.gauge.remove();
      return;
    }
    this.gauge.reset();
    for (const [of, one] of shown ?? []) this.gauge.set({ [label]: of }, one);
  }
}
