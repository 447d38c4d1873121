// What has been written since the last look, held against what the reference says may have become of each call.
import { hash } from 'node:crypto';
import type { Delivery, Push } from './bookkeeping.js';
import { answerOf, type CallAnswer, differencesOf, type Json } from './expected.js';
import type { Model } from './model.js';
import type { Tally } from './notes.js';
import { type Arrival, lastOfEach, type Outcome, outcomesOf, timeOf } from './reference.js';
import type { LedgerProcess, Stage } from './stage.js';
import { until } from '../support/service.js';

/** A delivery as the database holds it. */
interface WrittenRow {
  readonly id: string;
  readonly position: number;
  readonly source: string;
  readonly sha256: string;
  readonly via: string;
  readonly records: number;
  readonly stored: number;
  readonly corrected: number;
  readonly duplicate: number;
  readonly quarantined: number;
  readonly redelivery_of: string | null;
}

interface Written {
  readonly row: WrittenRow;
  readonly delivery: Delivery;
}

const WRITTEN = `SELECT id::text, position::float8, source, encode(sha256, 'hex') AS sha256, via, records, stored, corrected,
  duplicate, quarantined, redelivery_of::text FROM deliveries WHERE position > $1 ORDER BY position`;

export class Settlement {
  private position = 0;
  private newest = '';
  private readonly acknowledged = new Map<string, { push: Push; process: LedgerProcess }>();
  private readonly unanswered: Push[] = [];

  constructor(
    private readonly stage: Stage,
    private readonly model: Model,
    private readonly tally: Tally,
  ) {}

  expect(id: string, push: Push, process: LedgerProcess): void {
    this.acknowledged.set(id, { push, process });
  }

  /** Nobody knows whether it was kept: its process was killed. */
  mayExpect(push: Push): void {
    this.unanswered.push(push);
  }

  /** What may still be written though it was received before now. */
  get held(): readonly Push[] {
    return [...[...this.acknowledged.values()].map(({ push }) => push), ...this.unanswered];
  }

  /** Whether the bodies that may have been kept hold a number. */
  isUnansweredWith(number: string): boolean {
    return this.unanswered.some(({ body }) => body.includes(number));
  }

  /**
   * Waits until all that can be written is. Then the reference is where the ledger is.
   *
   * @param reader a process to ask
   * @returns what is not as the rule says
   */
  async settle(reader: LedgerProcess): Promise<string[]> {
    const written: Written[] = [];
    for (;;) {
      await until('what was acknowledged to be written', async () => {
        for (const row of await this.stage.query<WrittenRow>(WRITTEN, [this.position])) {
          this.position = row.position;
          if (row.via !== 'erasure') written.push(await this.take(row));
        }
        return [...this.acknowledged.values()].every(({ process }) => !process.writes);
      });
      await this.awaitErasures(reader, written);
      const arrivals = arrivalsOf(written);
      const touched = new Set([...arrivals.keys(), ...this.model.withErased()]);
      const observed = new Map<string, CallAnswer>();
      for (const callId of touched) observed.set(callId, await observe(reader, callId));
      if ((await this.stage.query(WRITTEN, [this.position])).length === 0)
        return this.compare(written, arrivals, observed);
    }
  }

  private async take(row: WrittenRow): Promise<Written> {
    const delivery = await this.identify(row);
    if (row.via === 'journal') this.tally.add('written by a journal');
    if (row.id < this.newest) this.tally.add('written late');
    else this.newest = row.id;
    return { row, delivery };
  }

  private async identify({ id, sha256, source, via }: WrittenRow): Promise<Delivery> {
    const expected = this.acknowledged.get(id);
    this.acknowledged.delete(id);
    if (expected !== undefined) return { ...expected.push, id, isReplay: false };
    if (via === 'replay') {
      const sql = 'SELECT id::text FROM quarantine WHERE replayed_as = $1';
      const [entry] = await this.stage.query<{ id: string }>(sql, [id]);
      return { ...this.model.replayed(entry?.id ?? ''), id, isReplay: true };
    }
    const place = this.unanswered.findIndex(
      (push) => push.source === source && hash('sha256', push.body) === sha256,
    );
    const [push] = place < 0 ? [] : this.unanswered.splice(place, 1);
    if (push === undefined) throw new Error(`the ledger holds a delivery that nobody pushed: ${id}`);
    return { ...push, id, isReplay: false };
  }

  /** What is written late lets erasures begin anew. */
  private async awaitErasures(reader: LedgerProcess, written: readonly Written[]): Promise<void> {
    const isLate = written.some(({ row: { id } }) =>
      this.model.erasures.some(({ requestedAt }) => timeOf(id) <= requestedAt),
    );
    if (!isLate) return;
    await until('the erasures to be done', async () => {
      const { data } = (await reader.get('/v1/erasures?limit=1000')).body as { data: { status: string }[] };
      return data.every(({ status }) => status === 'done');
    });
  }

  private compare(
    written: readonly Written[],
    arrivals: ReadonlyMap<string, readonly Arrival[]>,
    observed: ReadonlyMap<string, CallAnswer>,
  ): string[] {
    const differences: string[] = [];
    const outcomes = new Map<string, readonly Outcome[]>();
    this.tally.add('comparisons of a call', observed.size);
    for (const [callId, answer] of observed) {
      const possible = [
        ...outcomesOf(this.model.stateOf(callId), arrivals.get(callId) ?? [], this.model.erasures),
      ];
      const differing = possible.map(({ state }) => differencesOf(answerOf(callId, state), answer, callId));
      const fitting = possible.filter((_, index) => differing[index]?.length === 0);
      const [fewest = []] = [...differing].sort((a, b) => a.length - b.length);
      if (fitting.length === 0) differences.push(...fewest);
      outcomes.set(callId, fitting);
      const [outcome] = fitting;
      if (outcome !== undefined) this.model.move(callId, outcome.state, arrivals.get(callId)?.length ?? 0);
    }
    if (differences.length > 0) return differences;
    const ofDeliveries = written.flatMap((one) => this.compareDelivery(one, outcomes));
    this.model.eraseAgain();
    this.model.books.nextInterval();
    return ofDeliveries;
  }

  private compareDelivery(
    { row, delivery }: Written,
    outcomes: ReadonlyMap<string, readonly Outcome[]>,
  ): string[] {
    const effects = effectsOf(delivery, outcomes);
    const { books } = this.model;
    const { of, isOne } = books.redelivery(delivery, effects);
    books.write(delivery, row.redelivery_of);
    const at = `delivery ${delivery.id} of ${delivery.records.map(({ callId }) => callId).join(', ')}:`;
    if (row.redelivery_of !== null && !of.includes(row.redelivery_of))
      return [`${at} redeliveryOf: ${row.redelivery_of} has another body`];
    if (isOne !== undefined && isOne !== (row.redelivery_of !== null))
      return [`${at} redeliveryOf: ${String(row.redelivery_of)}, though it is ${isOne ? 'one' : 'none'}`];
    const { records, stored, corrected, duplicate, quarantined } = row;
    if (row.redelivery_of !== null) {
      return differencesOf(
        { stored: 0, corrected: 0, quarantined: 0 },
        { stored, corrected, quarantined },
        at,
      );
    }
    const count = (wanted: string) => effects?.filter((effect) => effect === wanted).length;
    const all = delivery.records.length + delivery.rejects.length;
    const counted = { records: all, sum: all, quarantined: delivery.rejects.length };
    const known = { stored: count('stored') ?? stored, corrected: count('corrected') ?? corrected };
    const sum = stored + corrected + duplicate + quarantined;
    return differencesOf({ ...counted, ...known }, { records, sum, quarantined, stored, corrected }, at);
  }
}

function arrivalsOf(written: readonly Written[]): Map<string, Arrival[]> {
  const arrivals = new Map<string, Arrival[]>();
  for (const { delivery } of written) {
    for (const [callId, content] of lastOfEach(delivery.records)) {
      arrivals.set(callId, [...(arrivals.get(callId) ?? []), { delivery: delivery.id, content }]);
    }
  }
  return arrivals;
}

/** Of each call in the delivery; undefined when that depends on what was written first. */
function effectsOf(delivery: Delivery, outcomes: ReadonlyMap<string, readonly Outcome[]>) {
  const effects = [...lastOfEach(delivery.records).keys()].map((callId) => {
    const possible = new Set(outcomes.get(callId)?.map((outcome) => outcome.effects.get(delivery.id)));
    return possible.size === 1 ? [...possible][0] : undefined;
  });
  const known = effects.filter((effect) => effect !== undefined);
  return known.length === effects.length ? known : undefined;
}

/** Asks for a call and its history. */
export async function observe(reader: LedgerProcess, callId: string): Promise<CallAnswer> {
  const call = await reader.get(`/v1/calls/${callId}`);
  const history = await reader.get(`/v1/calls/${callId}/history?limit=1000`);
  if (call.status === 404 && history.status === 404) return { call: null, history: null };
  const { data } = history.body as { data: Json[] };
  const entries = data.map(({ changes: _, ...entry }) => entry);
  entries.sort((a, b) => (String(a['deliveryId']) < String(b['deliveryId']) ? -1 : 1));
  return { call: call.body as Json, history: entries };
}
