import { Gauge, type Registry } from 'prom-client';
import { SingleFlight } from '../background/single-flight.js';
import { within } from '../within.js';

/** The value is read at most once in this time, however often the metrics are scraped. */
const ASKED_EVERY_MS = 5000;
/** A scrape waits so long for the value. If the value comes later, a later scrape shows it. */
const PATIENCE_MS = 300;
/** A value that takes longer counts as missing. */
const LATE_MS = 2000;

export interface PolledGaugeOptions {
  readonly name: string;
  readonly help: string;
  /** The name of the label of a gauge that has several values. */
  readonly label?: string;
  /**
   * Reads the value, or the values by the label. It is called at most every five seconds, and never twice at once.
   */
  readonly ask: () => Promise<GaugeValue>;
  /** The value while there is no answer. If it is undefined, the gauge is left out. */
  readonly otherwise?: number;
}

type GaugeValue = number | ReadonlyMap<string, number>;

/** A gauge whose value is read from something that may be slow or unavailable. A scrape never waits long for it. */
export class PolledGauge {
  private readonly gauge: Gauge;
  private askedAt = -Infinity;
  private readonly asking = new SingleFlight(() => this.ask());

  constructor(
    registry: Registry,
    private readonly options: PolledGaugeOptions,
  ) {
    const { name, help, label } = options;
    this.gauge = new Gauge({
      ...{ name, help, registers: [registry], collect: () => this.collect() },
      labelNames: label === undefined ? [] : [label],
    });
    // A new gauge shows 0, although nothing has answered yet.
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
      // The code behind `ask` reports the failure. Here only the value is missing.
      this.show(undefined);
    }
  }

  private show(value: GaugeValue | undefined): void {
    const { label = '', otherwise } = this.options;
    const shown = value ?? otherwise;
    if (typeof shown === 'number') {
      this.gauge.set(shown);
      return;
    }
    // `reset` would show 0 for a gauge without labels.
    if (this.options.label === undefined) this.gauge.remove();
    else this.gauge.reset();
    for (const [name, one] of shown ?? []) this.gauge.set({ [label]: name }, one);
  }
}
