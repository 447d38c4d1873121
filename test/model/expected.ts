// A call of the reference in, what the API must answer of it out; and what two answers differ in.
import { type CallState, isAnswered, type Row, timeOf } from './reference.js';

export type Json = Readonly<Record<string, unknown>>;

const TIMES = ['originateTime', 'ringTime', 'startTime', 'endTime'];
const B_TIMES = ['bOriginateTime', 'bRingTime', 'bStartTime', 'bEndTime'];
const IDS = ['taskId', 'batchId', 'detailId', 'outId'];
const CODES = ['statusCode', 'smartStatusCode', 'statusMsg', 'caller', 'realCaller', 'callee'];
const FIELDS = [...IDS, ...TIMES, 'duration', ...B_TIMES, 'bDuration', ...CODES, 'hangupDirection'];
/** When a call took place: the first that is present. */
const OCCURRED = ['originateTime', 'bOriginateTime', 'ringTime', 'startTime', 'endTime'];

/** Where the rule leaves open which of these is answered. */
class OneOf {
  constructor(readonly values: readonly unknown[]) {}
}

const isoOf = (delivery: string) => new Date(timeOf(delivery)).toISOString();

function contentOf(callId: string, { content, broughtBy }: Pick<Row, 'content' | 'broughtBy'>): Json {
  const { source, fields, extra } = content;
  const answer: Record<string, unknown> = { callId };
  for (const name of FIELDS) {
    const value = fields[name] ?? null;
    const isTime = typeof value === 'number' && [...TIMES, ...B_TIMES].includes(name);
    answer[name] = isTime ? new Date(value).toISOString() : value;
  }
  const occurred = OCCURRED.find((name) => name in fields);
  answer['occurredAt'] = occurred === undefined ? isoOf(broughtBy) : answer[occurred];
  const unknown = Object.keys(extra).length === 0 ? null : extra;
  return {
    ...answer,
    ...{ answered: isAnswered(content), source, extra: unknown, warnings: null, provenance: 'pushed' },
  };
}

/** The call as it is answered. */
export function callOf(callId: string, row: Row): Json {
  return {
    ...contentOf(callId, row),
    ...{ note: null, recording: null, taskName: null, batchName: null },
    revision: row.revision,
    firstReceivedAt: isoOf(row.firstReceipt),
    lastReceivedAt: isoOf(row.lastReceipt),
    deliveryId: row.broughtBy,
  };
}

/** What is answered of a call that may not be there. */
export interface CallAnswer {
  readonly call: Json | null;
  /** By the deliveries' ids. */
  readonly history: readonly Json[] | null;
}

export function answerOf(callId: string, state: CallState): CallAnswer {
  const call = state.row === undefined ? null : callOf(callId, state.row);
  return { call, history: historyOf(callId, state) };
}

function historyOf(callId: string, { row, past }: CallState): readonly Json[] | null {
  if (row === undefined) return null;
  return [...past, row]
    .map((version) => ({
      message: 'report',
      revision: version.revision,
      current: version === row,
      receivedAt: new OneOf([isoOf(version.broughtBy), isoOf(version.lastReceipt)]),
      deliveryId: version.broughtBy,
      call: contentOf(callId, version),
    }))
    .sort((a, b) => (a.deliveryId < b.deliveryId ? -1 : 1));
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;
const shown = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value));

/** What is not as expected, a line each. */
export function differencesOf(expected: unknown, actual: unknown, at: string): string[] {
  if (expected instanceof OneOf) {
    return expected.values.includes(actual)
      ? []
      : [`${at}: ${shown(actual)}, not one of ${shown(expected.values)}`];
  }
  if (!isObject(expected) || !isObject(actual)) {
    return Object.is(expected, actual) ? [] : [`${at}: ${shown(actual)}, not ${shown(expected)}`];
  }
  return [...new Set([...Object.keys(expected), ...Object.keys(actual)])].flatMap((name) =>
    differencesOf(expected[name], actual[name], `${at} ${name}`),
  );
}
