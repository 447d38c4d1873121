// What reading a record costs beside parsing its JSON: both over the same bodies, in turns, in this one process.
import { arrive } from '../../src/ingestion/delivery.js';
import { readBody } from '../../src/ingestion/reading/body-reader.js';
import { DriftNotes } from '../../src/ingestion/reading/drift.js';
import { RecordReader } from '../../src/ingestion/reading/record-reader.js';
import { ZonedTime } from '../../src/time/zoned-time.js';
import type { Context } from '../context.js';
import { type Finding, median } from '../support/finding.js';
import { RecordSource } from '../support/records.js';

const BODIES = 20;
const RECORDS_A_BODY = 100;
const WARM_UP_ROUNDS = 20;
const ROUNDS = 101;
const QUICK_ROUNDS = 41;

export function benchReading({ options }: Context): Finding[] {
  const source = new RecordSource('reading');
  const texts = Array.from({ length: BODIES }, () => `[${source.take(RECORDS_A_BODY).join(',')}]`);
  const bodies = texts.map((text) => Buffer.from(text));
  const reader = new RecordReader(new ZonedTime('Asia/Shanghai'));
  const values = texts.flatMap((text) => JSON.parse(text) as unknown[]);
  const drift = new DriftNotes();
  const contenders = {
    parse: () => texts.map((text): unknown => JSON.parse(text)),
    body: () => bodies.map((body) => readBody(body)),
    read: () => values.map((value) => reader.read(value, () => '', drift)),
    arrive: () => bodies.map((body) => arrive('vendor', null, body, Date.now())),
  };
  const times = { parse: [] as number[], body: [] as number[], read: [] as number[], arrive: [] as number[] };
  const rounds = options.quick ? QUICK_ROUNDS : ROUNDS;
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    for (const name of ['parse', 'body', 'read', 'arrive'] as const) {
      const took = microsecondsARecord(contenders[name]);
      if (round >= 0) times[name].push(took);
    }
  }
  const [parse, body, read] = [median(times.parse), median(times.body), median(times.read)];
  return [
    {
      part: 'reading',
      what: 'checks and normalisation of a record, of its JSON.parse',
      value: read / parse,
      unit: '×',
      target: { atMost: 1 },
      details: { 'µs: JSON.parse': parse, 'checks and normalisation': read },
    },
    {
      part: 'reading',
      what: 'all of reading but JSON.parse, of JSON.parse',
      value: (read + body - parse) / parse,
      unit: '×',
      details: {
        'µs: decoding, search for long numbers': body - parse,
        'id and SHA-256 of the body': median(times.arrive),
      },
    },
  ];
}

function microsecondsARecord(work: () => unknown): number {
  const startedAt = performance.now();
  work();
  return ((performance.now() - startedAt) * 1000) / (BODIES * RECORDS_A_BODY);
}
