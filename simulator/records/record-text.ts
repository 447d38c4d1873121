import { type CallFacts, type Json, TIME_FIELDS } from './call-facts.js';
import type { Oddities } from './oddities.js';
import { shanghaiTime } from './shanghai-time.js';

/** Ids of 16 to 19 digits without a leading zero, which can be written as a JSON number. */
const LONG_NUMBER = /^[1-9]\d{15,18}$/;
const IDS: ReadonlySet<string> = new Set(['taskId', 'detailId', 'batchId', 'callId']);
const TIMES: ReadonlySet<string> = new Set(TIME_FIELDS);

/** Writes a call as the vendor does: a JSON object with the fields in the order of the facts. */
export function recordText(facts: CallFacts, oddities: Oddities): string {
  const text = new RecordText(oddities);
  for (const [name, value] of Object.entries(facts)) if (name !== 'extra') text.field(name, value);
  for (const [name, value] of Object.entries(facts.extra)) text.json(name, JSON.stringify(value));
  return text.end();
}

/** A JSON object that grows field by field, with the oddities of its call. */
class RecordText {
  private written = '';

  constructor(private readonly oddities: Oddities) {}

  json(name: string, value: string): void {
    this.written += `${this.written === '' ? '{' : ','}"${name}":${value}`;
  }

  field(name: string, value: Json): void {
    if (value === null) this.nothing(name);
    else if (typeof value === 'number')
      this.json(name, TIMES.has(name) ? this.time(value) : this.integer(value));
    else this.json(name, this.isBare(name, value) ? value : JSON.stringify(value));
  }

  private time(moment: number): string {
    return this.oddities.epochTimes ? String(moment) : `"${shanghaiTime(moment)}"`;
  }

  private integer(value: number): string {
    return this.oddities.integersAsText ? `"${value}"` : String(value);
  }

  private isBare(name: string, value: Json): value is string {
    return (
      this.oddities.idsAsNumbers && IDS.has(name) && typeof value === 'string' && LONG_NUMBER.test(value)
    );
  }

  end(): string {
    return `${this.written}}`;
  }

  private nothing(name: string): void {
    if (this.oddities.nullAs !== 'missing') this.json(name, this.oddities.nullAs === 'empty' ? '""' : 'null');
  }
}
