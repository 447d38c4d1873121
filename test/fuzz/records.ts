// Records as JSON texts, member by member: what `JSON.stringify` never writes must be possible.
import type { Dice } from './dice.js';

/** A member of a JSON object: both parts are JSON text, the key with its quotes. */
export type Member = readonly [key: string, value: string];

export const TEXT_FIELDS = [
  'taskId',
  'batchId',
  'detailId',
  'outId',
  'statusCode',
  'smartStatusCode',
  'statusMsg',
  'caller',
  'realCaller',
  'callee',
  'hangupDirection',
] as const;
export const TIME_FIELDS = [
  'originateTime',
  'ringTime',
  'startTime',
  'endTime',
  'bOriginateTime',
  'bRingTime',
  'bStartTime',
  'bEndTime',
] as const;
export const INTEGER_FIELDS = ['duration', 'bDuration'] as const;
export const KNOWN_FIELDS: readonly string[] = ['callId', ...TEXT_FIELDS, ...TIME_FIELDS, ...INTEGER_FIELDS];

/** Ids that many bodies share, so that duplicates and corrections come about. */
const SHARED_CALLS = 300;

/** @returns JSON text of a callId that is nobody else's, or sometimes one of those that many share */
export function callId(dice: Dice, index: number, place: number): string {
  return dice.chance(0.1) ? `"shared-${dice.below(SHARED_CALLS)}"` : `"fuzz-${index}-${place}"`;
}

/** A record as the vendor sends it. */
export function plainMembers(dice: Dice, id: string): Member[] {
  const minute = String(dice.below(60)).padStart(2, '0');
  const time = (hour: number) => `"2025-06-01 ${String(hour).padStart(2, '0')}:${minute}:45"`;
  const members: Member[] = [
    ['"taskId"', `"task-${dice.below(5)}"`],
    ['"batchId"', `"batch-${dice.below(5)}"`],
    ['"callId"', id],
    ['"outId"', `"${dice.below(1_000_000)}"`],
    ['"originateTime"', time(9)],
    ['"startTime"', time(10)],
    ['"endTime"', time(11)],
    ['"duration"', String(dice.below(600))],
    ['"statusCode"', dice.pick(['"200000"', '"200010"', '200000'])],
    ['"smartStatusCode"', dice.pick(['"ANSWERED"', '"NO_ANSWER"', 'null'])],
    ['"caller"', '"05710000000"'],
    ['"callee"', '"13900000000"'],
    ['"hangupDirection"', dice.pick(['"User"', '"Machine"', '"用户"'])],
  ];
  return dice.chance(0.3) ? [...members, [`"new${dice.below(20)}"`, '{"a":[1,"二",null]}']] : members;
}

export function writeRecord(members: readonly Member[]): string {
  return `{${members.map(([key, value]) => `${key}:${value}`).join(',')}}`;
}

/** Some records, each changed by `change`; sometimes one bare object. */
export function body(
  dice: Dice,
  index: number,
  change: (members: Member[]) => readonly Member[] = (members) => members,
): string {
  const records = Array.from({ length: dice.between(1, 4) }, (_, place) =>
    writeRecord(change(plainMembers(dice, callId(dice, index, place)))),
  );
  return dice.chance(0.1) ? (records[0] ?? '{}') : `[${records.join(',')}]`;
}

/** The members with `member` in a random place, instead of the one of the same key if there is one. */
export function withMember(dice: Dice, members: readonly Member[], member: Member): Member[] {
  const others = members.filter(([key]) => key !== member[0]);
  const place = dice.below(others.length + 1);
  return [...others.slice(0, place), member, ...others.slice(place)];
}
