// A seed in; what clients push out: contents that come again and go back and forth, each time in other bytes.
import { Dice } from '../fuzz/dice.js';
import type { Push, Reject } from './bookkeeping.js';
import { type Content, isBare, type PushedRecord } from './reference.js';

const CALLS = 24;
/** Contents of a call that come again and again. */
const VARIANTS = 4;
export const NUMBERS = Array.from({ length: 6 }, (_, index) => `139000000${10 + index}`);
const FIRST_CALL_AT = Date.parse('2025-06-01T02:00:00.000Z');
const SHANGHAI_MS = 8 * 3_600_000;
const VENDORS_FIELDS = ['ringTime', 'endTime', 'statusMsg', 'realCaller', 'bDuration', 'smartStatusCode'];
/** Of a call that may be written in any order: what may come of it is found by trying all. */
const MOST_AT_ONCE = 4;
const BODIES_TO_REPEAT = 30;

type Fields = Record<string, string | number>;

/** What is pushed for a call at once, whichever order it will be written in. */
export class AtOnce {
  private readonly counts = new Map<string, number>();

  /** @param most records of a call */
  constructor(private readonly most = MOST_AT_ONCE) {}

  hasRoomFor({ records }: Pick<Push, 'records'>): boolean {
    return records.every(({ callId }) => (this.counts.get(callId) ?? 0) < this.most);
  }

  add({ records }: Pick<Push, 'records'>): void {
    for (const callId of new Set(records.map((record) => record.callId))) {
      this.counts.set(callId, (this.counts.get(callId) ?? 0) + 1);
    }
  }
}

/** Draws pushes. Each is drawn by dice of its own, so that the same number always gives the same. */
export class Operations {
  private readonly pushes: Push[] = [];
  private drawn = 0;

  /** @param only the call that is pushed; undefined: all */
  constructor(
    readonly seed: number,
    readonly only: string | undefined,
  ) {}

  dice(): Dice {
    return new Dice(this.seed, (this.drawn += 1));
  }

  /** A push that has room among what is pushed at once. */
  push(atOnce: AtOnce): Push {
    const dice = this.dice();
    for (;;) {
      const push = dice.chance(0.18) && this.pushes.length > 0 ? this.again(dice) : newPush(dice, this.only);
      if (!atOnce.hasRoomFor(push)) continue;
      atOnce.add(push);
      this.pushes.push(push);
      return push;
    }
  }

  /** The same bytes as one of the last pushes. */
  private again(dice: Dice): Push {
    return dice.pick(this.pushes.slice(-BODIES_TO_REPEAT));
  }
}

function newPush(dice: Dice, only: string | undefined): Push {
  const source = dice.chance(0.75) ? 'vendor' : 'other';
  const records: PushedRecord[] = [];
  for (let left = dice.pick([0, 1, 1, 1, 1, 2, 2, 3, 4]); left > 0; left -= 1) {
    const call = dice.below(CALLS);
    records.push(recordOf(dice, call, source));
    if (dice.chance(0.12)) records.push(recordOf(dice, call, source));
  }
  const texts = records.map((record) => written(dice, record));
  if (only !== undefined) return onlyOf(only, source, records, texts);
  const rejects: Reject[] = [];
  while (dice.chance(0.1)) {
    const raw = dice.pick(['17', `{"stray":${dice.below(9)}}`, '"text"']);
    rejects.push({ place: `/${texts.length}`, raw });
    texts.push(raw);
  }
  const isObject = texts.length === 1 && rejects.length === 0 && dice.chance(0.2);
  return { source, records, rejects, body: isObject ? texts.join('') : `[${texts.join(',')}]` };
}

function onlyOf(
  only: string,
  source: string,
  records: readonly PushedRecord[],
  texts: readonly string[],
): Push {
  const isIts = ({ callId }: PushedRecord) => callId === only;
  const its = texts.filter((_, index) => records.slice(index, index + 1).some(isIts));
  return { source, records: records.filter(isIts), rejects: [], body: `[${its.join(',')}]` };
}

/** A record of any call, as an entry of the quarantine that can be read by now. */
export function plantedRecord(dice: Dice): PushedRecord & { readonly raw: string } {
  const record = recordOf(dice, dice.below(CALLS), dice.pick(['vendor', 'other']));
  return { ...record, raw: written(dice, record) };
}

function recordOf(dice: Dice, call: number, source: string): PushedRecord {
  const callId = `call-${call}`;
  if (dice.chance(0.15)) return { callId, content: { source, fields: bareFields(dice, call), extra: {} } };
  return { callId, content: contentOf(call, dice.below(VARIANTS), source) };
}

function idsOf(call: number): Fields {
  const ids = { taskId: `task-${call % 2}`, batchId: `batch-${call % 3}`, detailId: `detail-${call}` };
  return call % 4 === 0 ? { ...ids, outId: `out-${call}` } : ids;
}

/** Of a call, bare records have either no other id at all, or all of them: which of both stands would be nobody's rule. */
function bareFields(dice: Dice, call: number): Fields {
  if (call % 2 === 0) return {};
  return dice.chance(0.6) ? idsOf(call) : { ...idsOf(call), detailId: `detail-${call}-b` };
}

function contentOf(call: number, variant: number, source: string): Content {
  const number = NUMBERS[(call + variant) % NUMBERS.length] ?? '';
  const fields: Fields = { ...idsOf(call), callee: number, caller: '05710000000', duration: variant * 10 };
  fields['statusCode'] = ['200000', '200002', '200010'][(call + variant) % 3] ?? '';
  if (call % 3 !== 0) fields['originateTime'] = FIRST_CALL_AT + call * 60_000;
  if (variant === 1) fields['smartStatusCode'] = 'ANSWERED';
  if (variant === 2) fields['smartStatusCode'] = 'USER_BUSY';
  if (variant === 2) fields['hangupDirection'] = 'User';
  if (variant === 3) fields['batchId'] = 'batch-moved';
  const other = NUMBERS[(call + variant + 1) % NUMBERS.length] ?? '';
  const extra: Record<string, string> = call % 5 === variant ? { remark: `call back ${other}` } : {};
  return { source, fields, extra };
}

/** The record in JSON: the same content in different bytes each time. */
function written(dice: Dice, { callId, content }: PushedRecord): string {
  const members = Object.entries(content.fields).map(([name, value]): [string, unknown] => [
    name,
    textOf(dice, name, value),
  ]);
  const empty = isBare(content) ? VENDORS_FIELDS : VENDORS_FIELDS.filter((name) => !(name in content.fields));
  for (const name of empty) if (dice.chance(0.2)) members.push([name, dice.pick([null, '', ' '])]);
  const all: [string, unknown][] = [['callId', callId], ...members, ...Object.entries(content.extra)];
  const shuffled = all
    .map((member) => ({ member, place: dice.below(1000) }))
    .sort((a, b) => a.place - b.place)
    .map(({ member: [name, value] }) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return `{${shuffled.join(',')}}`;
}

function textOf(dice: Dice, name: string, value: string | number): string | number {
  if (typeof value === 'string') return dice.chance(0.1) ? ` ${value} ` : value;
  if (name !== 'originateTime') return dice.chance(0.3) ? String(value) : value;
  const shanghai = new Date(value + SHANGHAI_MS).toISOString();
  return dice.pick([
    shanghai.slice(0, 19).replace('T', ' '),
    shanghai.replace('.000Z', '+08:00'),
    new Date(value).toISOString(),
    value,
  ]);
}
