// What the ledger notes besides the calls, by the rule alone: the deliveries, which of them are redeliveries, and the
// quarantine.
import { type Effect, type Erasure, type PushedRecord, timeOf } from './reference.js';

/** A record that can't be read as a call. */
export interface Reject {
  readonly place: string;
  readonly raw: string;
}

/** What is pushed, or replayed. */
export interface Push {
  readonly source: string;
  readonly body: string;
  readonly records: readonly PushedRecord[];
  readonly rejects: readonly Reject[];
}

export interface Delivery extends Push {
  readonly id: string;
  readonly isReplay: boolean;
}

/** An entry of the quarantine. */
export interface Entry {
  /** Null: a whole body, which is kept once, whoever pushes it. */
  readonly delivery: string | null;
  readonly place: string;
  readonly raw: string;
  readonly source: string;
  readonly status: 'open' | 'replayed' | 'discarded';
}

interface Written {
  readonly delivery: Delivery;
  readonly redeliveryOf: string | null;
  readonly interval: number;
  /** In which its body lost a number: after that it is not the same any more. */
  readonly erasedIn: number;
}

/** What may be noted as the delivery that a delivery repeats. */
export interface Redelivery {
  readonly of: readonly string[];
  /** Undefined: that depends on what was written first. */
  readonly isOne: boolean | undefined;
}

export class Bookkeeping {
  readonly deliveries = new Map<string, Written>();
  private kept: Entry[] = [];
  /** Of what happens in one, nobody knows what was first. */
  private interval = 0;

  get entries(): readonly Entry[] {
    return this.kept;
  }

  /**
   * Whether a delivery is to be noted as a redelivery: when the same body from the same source is in the ledger, and
   * all of it still is what the ledger holds.
   *
   * @param effects of its records; undefined when they depend on what was written first
   */
  redelivery(delivery: Delivery, effects: readonly Effect[] | undefined): Redelivery {
    const same = [...this.deliveries.values()].filter(
      ({ delivery: other, erasedIn }) =>
        erasedIn >= this.interval &&
        !other.isReplay &&
        other.source === delivery.source &&
        other.body === delivery.body,
    );
    const of = same.map(({ delivery: { id } }) => id);
    const originals = same.filter(
      ({ delivery: { id }, redeliveryOf }) => redeliveryOf === null && this.holdsRejectsOf(id),
    );
    const changes = effects?.some((effect) => effect === 'stored' || effect === 'corrected');
    if (delivery.isReplay || originals.length === 0 || changes === true) return { of, isOne: false };
    const cameBefore = originals.some(
      ({ delivery: { id }, interval, erasedIn }) =>
        id < delivery.id && interval < this.interval && erasedIn > this.interval,
    );
    const isSure = effects !== undefined && cameBefore && !effects.includes('ignored');
    return { of, isOne: isSure ? true : undefined };
  }

  private holdsRejectsOf(delivery: string): boolean {
    return this.kept.every((entry) => entry.delivery !== delivery || entry.status !== 'discarded');
  }

  write(delivery: Delivery, redeliveryOf: string | null): void {
    const { interval } = this;
    this.deliveries.set(delivery.id, { delivery, redeliveryOf, interval, erasedIn: Infinity });
    if (redeliveryOf !== null) return;
    const { id, source, rejects } = delivery;
    for (const { place, raw } of rejects) {
      this.kept.push({ delivery: id, place, raw, source, status: 'open' });
    }
  }

  /** Keeps a body that is refused: once, and open again when it was discarded. */
  refuse(body: string, source: string): void {
    const before = this.kept.find(({ delivery, raw }) => delivery === null && raw === body);
    if (before === undefined) {
      this.kept.push({ delivery: null, place: 'byte 0', raw: body, source, status: 'open' });
    } else this.change(before, { status: 'open' });
  }

  /** An entry as an older version left it, whose records can be read by now. */
  keep(entry: Entry): void {
    this.kept.push(entry);
  }

  change(entry: Entry, change: Partial<Entry>): void {
    this.kept = this.kept.map((one) => (one === entry ? { ...one, ...change } : one));
  }

  nextInterval(): void {
    this.interval += 1;
  }

  /** Takes a number out of the bodies and entries that were received until it was asked for. */
  erase({ number, requestedAt }: Erasure): void {
    for (const [id, written] of this.deliveries) {
      const isErased = timeOf(id) <= requestedAt && written.delivery.body.includes(number);
      const erasedIn = Math.min(written.erasedIn, this.interval);
      if (isErased) this.deliveries.set(id, { ...written, erasedIn });
    }
    this.kept = this.kept.map((entry) => {
      const isEarlier = entry.delivery === null || timeOf(entry.delivery) <= requestedAt;
      return isEarlier ? { ...entry, raw: entry.raw.replaceAll(number, '[erased]') } : entry;
    });
  }
}
