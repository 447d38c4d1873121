// A delivery's bytes in, its calls and rejects out.
import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { ZonedTime } from '../../time/zoned-time.js';
import { type BodyContent, readBody } from './body-reader.js';
import type { Delivery, ReadDelivery, Reject } from '../delivery.js';
import { type ReadCall, RecordReader } from './record-reader.js';

/** A body of millions of numbers must not become millions of rows: beyond this, rejects share one entry. */
const MOST_REJECT_ENTRIES = 1000;

interface RejectedElement {
  readonly index: number;
  readonly place: string;
  readonly reason: string;
}

@Injectable()
export class DeliveryReader {
  private readonly records: RecordReader;

  constructor(settings: Settings) {
    this.records = new RecordReader(new ZonedTime(settings.pushTimeZone));
  }

  /** @throws UnreadableBodyError when the body holds no records at all */
  read(delivery: Delivery): ReadDelivery {
    const content = readBody(delivery.body);
    const calls: ReadCall[] = [];
    const rejected: RejectedElement[] = [];
    content.elements.forEach((element, index) => {
      const reading = this.records.read(element.value, () => content.textOf(index));
      if ('record' in reading) calls.push(reading);
      else rejected.push({ index, place: element.place, reason: reading.reason });
    });
    return {
      delivery,
      records: content.elements.length,
      calls,
      rejects: rejects(rejected, content),
      rejectedRecords: rejected.length,
    };
  }
}

function rejects(rejected: readonly RejectedElement[], content: BodyContent): Reject[] {
  const single = rejected.slice(0, MOST_REJECT_ENTRIES).map(({ index, place, reason }) => ({
    place,
    reason,
    raw: Buffer.from(content.textOf(index)),
    records: 1,
  }));
  const rest = rejected.slice(MOST_REJECT_ENTRIES);
  const [first] = rest;
  if (first === undefined) return single;
  const texts = rest.map(({ index }) => content.textOf(index));
  const reason = `${rest.length} more records that can't be read, kept as one array; of the first: ${first.reason}`;
  const raw = Buffer.from(`[${texts.join(',')}]`);
  return [...single, { place: first.place, reason, raw, records: rest.length }];
}
