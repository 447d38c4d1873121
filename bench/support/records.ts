// New records without end, as the simulator's campaigns make them, and the requests that push them.
import { CallFactory } from '../../simulator/records/call-factory.js';
import { recordText } from '../../simulator/records/record-text.js';
import { PUSH_TOKEN } from './processes.js';

/** 60 days of 20,000 calls: the largest campaign whose hours are as full as real ones. */
const CALLS = 1_200_000;
const TASKS = 5;
const BATCHES = 4;

/** Gives each record once. Sources with different names never share a call. */
export class RecordSource {
  private factory: CallFactory;
  private campaign = 0;
  private next = 0;

  constructor(private readonly name: string) {
    this.factory = this.newFactory();
  }

  /** JSON texts of the next records. */
  take(count: number): string[] {
    return Array.from({ length: count }, () => this.one());
  }

  private one(): string {
    if (this.next === CALLS) {
      this.campaign += 1;
      this.factory = this.newFactory();
      this.next = 0;
    }
    const call = this.next;
    this.next += 1;
    return recordText(this.factory.facts(call, 0), this.factory.oddities.of(call));
  }

  private newFactory(): CallFactory {
    return new CallFactory({
      seed: `${this.name} ${this.campaign} ${Date.now()}`,
      calls: CALLS,
      tasks: TASKS,
      batches: BATCHES,
      firstDay: '2025-09-01',
      batchSize: 100,
      duplicates: 0,
      corrections: 0,
      broken: 0,
      brokenBodies: 0,
      reorder: 0,
      strange: 0,
      unpushed: 0,
    });
  }
}

/** A whole HTTP request, ready to be written to a socket: the client shall cost next to nothing. */
export function pushRequest(records: readonly string[]): Buffer {
  const body = Buffer.from(`[${records.join(',')}]`);
  const head = [
    `POST /push/${PUSH_TOKEN}/call-reports HTTP/1.1`,
    'Host: 127.0.0.1',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    '\r\n',
  ].join('\r\n');
  return Buffer.concat([Buffer.from(head), body]);
}
