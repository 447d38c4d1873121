import { isDeepStrictEqual } from 'node:util';
import { NUMBER_FIELDS, TIME_FIELDS, type CallFacts, type Json } from '../records/call-facts.js';
import { isObject, type JsonObject } from './ledger-api.js';

const TIMES: ReadonlySet<string> = new Set(TIME_FIELDS);
const NUMBERS: ReadonlySet<string> = new Set(NUMBER_FIELDS);

/** A field whose stored value is not what was sent. Times are ISO 8601 in UTC. */
export interface Difference {
  readonly field: string;
  readonly sent: Json;
  readonly stored: unknown;
}

/** Compares a call from the API, field by field, with what was sent. A missing field counts as null. */
export function differences(stored: JsonObject, sent: CallFacts): Difference[] {
  const found: Difference[] = [];
  const note = (field: string, value: Json): void => {
    found.push({ field, sent: value, stored: stored[field] });
  };
  for (const [field, value] of Object.entries(sent)) {
    if (field !== 'extra' && !isStored(field, stored[field], value)) note(field, shown(field, value));
  }
  noteDerived(stored, sent, note);
  const extra = isObject(stored.extra) ? stored.extra : {};
  if (!isDeepStrictEqual(extra, sent.extra)) note('extra', sent.extra);
  return found;
}

function isStored(field: string, stored: unknown, sent: Json): boolean {
  if (TIMES.has(field)) return isMoment(stored, typeof sent === 'number' ? sent : null);
  if (NUMBERS.has(field)) return isNumber(stored, sent);
  return isDeepStrictEqual(stored ?? null, sent);
}

function shown(field: string, sent: Json): Json {
  return TIMES.has(field) && typeof sent === 'number' ? new Date(sent).toISOString() : sent;
}

/** Checks the fields that the ledger derives, if the API gives them. A legal record must have no warnings. */
function noteDerived(stored: JsonObject, sent: CallFacts, note: (field: string, value: Json) => void): void {
  const answered = sent.smartStatusCode === 'ANSWERED';
  if (stored.answered !== undefined && stored.answered !== answered) note('answered', answered);
  if (stored.occurredAt !== undefined && !isMoment(stored.occurredAt, sent.originateTime)) {
    note('occurredAt', sent.originateTime === null ? null : new Date(sent.originateTime).toISOString());
  }
  if (Array.isArray(stored.warnings) && stored.warnings.length > 0) note('warnings', null);
}

/**
 * Whether the value is ISO 8601 with an offset, for that moment. Without an offset, it would depend on the reader's
 * zone.
 */
function isMoment(stored: unknown, moment: number | null): boolean {
  if (moment === null) return stored === null || stored === undefined;
  const isIso = typeof stored === 'string' && /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(stored);
  return isIso && Date.parse(stored) === moment;
}

/** Whether the value is the number, or its masked form for a key that may not see numbers. */
function isNumber(stored: unknown, sent: Json): boolean {
  if (typeof stored !== 'string' || typeof sent !== 'string' || stored.length !== sent.length) return false;
  return Array.from(stored).every((digit, index) => digit === '*' || digit === sent[index]);
}
