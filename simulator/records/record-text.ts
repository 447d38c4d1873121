import type { CallFacts } from './call-facts.js';
import type { Oddities } from './oddities.js';
import { shanghaiTime } from './shanghai-time.js';

/** Ids that consist of 16 to 19 digits, with no leading zero, and so can be a JSON number. */
const LONG_NUMBER = /^[1-9]\d{15,18}$/;

/** Writes a call as the vendor does: a JSON object with the fields in the order of the vendor's example. */
export function recordText(facts: CallFacts, oddities: Oddities): string {
  const text = new RecordText(oddities);
  text.id('taskId', facts.taskId);
  text.id('detailId', facts.detailId);
  text.id('batchId', facts.batchId);
  text.id('callId', facts.callId);
  text.text('outId', facts.outId);
  text.time('startTime', facts.startTime);
  text.time('endTime', facts.endTime);
  text.integer('duration', facts.duration);
  text.text('statusCode', facts.statusCode);
  text.text('smartStatusCode', facts.smartStatusCode);
  text.text('statusMsg', facts.statusMsg);
  text.text('caller', facts.caller);
  text.text('realCaller', facts.realCaller);
  text.text('callee', facts.callee);
  text.text('hangupDirection', facts.hangupDirection);
  text.time('originateTime', facts.originateTime);
  text.time('ringTime', facts.ringTime);
  text.time('bRingTime', facts.bRingTime);
  text.time('bStartTime', facts.bStartTime);
  text.time('bEndTime', facts.bEndTime);
  text.integer('bDuration', facts.bDuration);
  text.time('bOriginateTime', facts.bOriginateTime);
  for (const [name, value] of Object.entries(facts.extra)) text.json(name, JSON.stringify(value));
  return text.end();
}

/** A JSON object that grows field by field, with the oddities of its call. No text in it needs escaping. */
class RecordText {
  private written = '';

  constructor(private readonly oddities: Oddities) {}

  json(name: string, value: string): void {
    this.written += `${this.written === '' ? '{' : ','}"${name}":${value}`;
  }

  text(name: string, value: string | null): void {
    if (value === null) this.nothing(name);
    else this.json(name, `"${value}"`);
  }

  id(name: string, value: string): void {
    this.json(name, this.oddities.idsAsNumbers && LONG_NUMBER.test(value) ? value : `"${value}"`);
  }

  integer(name: string, value: number): void {
    this.json(name, this.oddities.integersAsText ? `"${value}"` : String(value));
  }

  time(name: string, moment: number | null): void {
    if (moment === null) this.nothing(name);
    else this.json(name, this.oddities.epochTimes ? String(moment) : `"${shanghaiTime(moment)}"`);
  }

  end(): string {
    return `${this.written}}`;
  }

  private nothing(name: string): void {
    if (this.oddities.nullAs !== 'missing') this.json(name, this.oddities.nullAs === 'empty' ? '""' : 'null');
  }
}
