// Calls and questions about them, made up but the same in every run, near the moments at which clocks change.
import { random } from '../../contract/helpers.js';
import { record } from '../../support/records.js';

const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;

export const COLUMNS = {
  source: 'source',
  taskId: 'task_id',
  batchId: 'batch_id',
  statusCode: 'status_code',
  smartStatusCode: 'smart_status_code',
  hangupDirection: 'hangup_direction',
  caller: 'caller',
  realCaller: 'real_caller',
} as const;
export type Field = keyof typeof COLUMNS;
/** Sums by these need a range with both ends. */
const NUMBERS: readonly Field[] = ['caller', 'realCaller'];
const FIELDS = Object.keys(COLUMNS) as Field[];

/** Where clocks change; the calls of each are a task of its own. */
const MOMENTS = [
  '2011-12-30T10:00:00Z',
  '2018-11-04T03:00:00Z',
  '2025-03-09T07:00:00Z',
  '2025-04-05T15:00:00Z',
  '2025-06-01T02:00:00Z',
  '2025-10-04T15:30:00Z',
  '2025-11-02T06:00:00Z',
].map((text) => Date.parse(text));
const ZONES = [
  'Asia/Shanghai',
  'UTC',
  'America/New_York',
  'America/Havana',
  'America/Sao_Paulo',
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Australia/Eucla',
  'Australia/Lord_Howe',
  'Pacific/Apia',
];

const next = random(20250601);
/** A whole number from 0, the same in every run. */
export const below = (limit: number) => Math.floor(next() * limit);
const oneOf = <T>(values: readonly T[]): T => values[below(values.length)] as T;
const some = <T>(values: readonly T[], share: number): T[] => values.filter(() => next() < share);

export function someCall(callId: string): Record<string, unknown> {
  const moment = below(MOMENTS.length);
  const start = (MOMENTS[moment] ?? 0) + (next() * 6 - 3) * DAY_MS;
  const answered = next() < 0.6;
  const at = (seconds: number) => new Date(Math.floor(start) + seconds * 1000).toISOString();
  return record(callId, {
    taskId: oneOf([`task-${moment}`, `task-${moment}`, null]),
    batchId: oneOf(['b1', 'b2', null]),
    originateTime: oneOf([at(0), at(0), at(0), null]),
    bOriginateTime: at(1),
    ringTime: null,
    startTime: answered ? at(5 + below(20)) : null,
    endTime: at(60),
    duration: answered ? below(600) : oneOf([0, null]),
    statusCode: oneOf(['200000', '200005', null]),
    smartStatusCode: answered ? oneOf(['ANSWERED', 'ANSWERED', null]) : oneOf(['NO_ANSWER', 'BUSY']),
    hangupDirection: oneOf(['User', 'Customer', null]),
    caller: oneOf(['05710000000', '4000000000']),
    realCaller: oneOf(['05710000001', '05710000002', '+8657100000003', null]),
  });
}

export interface Question {
  readonly interval: string;
  readonly zone: string;
  readonly groupBy: readonly Field[];
  readonly filters: Partial<Record<Field, string[]>>;
  readonly from: number | undefined;
  readonly to: number | undefined;
}

export function someQuestion(): Question {
  const interval = oneOf(['none', '15m', 'hour', 'hour', 'day', 'day', 'week', 'month']);
  const isFine = interval === '15m' || interval === 'hour';
  const moment = below(MOMENTS.length);
  const quarterNear = () =>
    Math.floor(((MOMENTS[moment] ?? 0) + (next() * 8 - 4) * DAY_MS) / QUARTER_MS) * QUARTER_MS;
  const filters: Question['filters'] = {};
  // Fourteen years of hours are too many: open fine questions are about one task.
  const isNarrow = next() < 0.5;
  if (!isNarrow && (isFine || next() < 0.3))
    filters.taskId = [`task-${moment}`, 'nobody'].slice(0, 1 + below(2));
  if (next() < 0.2) filters.source = some(['vendor', 'other', 'nobody'], 0.6);
  if (next() < 0.2) filters.batchId = some(['b1', 'b2'], 0.7);
  if (next() < 0.2) filters.statusCode = some(['200000', '200005'], 0.7);
  if (next() < 0.2) filters.smartStatusCode = some(['ANSWERED', 'BUSY', ''], 0.7);
  if (next() < 0.2) filters.hangupDirection = some(['User', 'Customer'], 0.7);
  const [a, b] = [quarterNear(), quarterNear()];
  const isOpen = () => !isNarrow && next() < 0.5;
  const ends = {
    from: isOpen() ? undefined : Math.min(a, b),
    to: isOpen() ? undefined : Math.max(a, b),
  };
  const isBounded = ends.from !== undefined && ends.to !== undefined;
  return {
    interval,
    zone: oneOf(ZONES),
    groupBy: some(
      FIELDS.filter((field) => isBounded || !NUMBERS.includes(field)),
      0.3,
    ).sort(() => next() - 0.5),
    filters: Object.fromEntries(Object.entries(filters).filter(([, values]) => values.length > 0)),
    ...ends,
  };
}

export function pathOf({ interval, zone, groupBy, filters, from, to }: Question, fill: boolean): string {
  const parameters = new URLSearchParams({ interval, timeZone: zone, fill: String(fill) });
  if (groupBy.length > 0) parameters.set('groupBy', groupBy.join(','));
  for (const [field, values] of Object.entries(filters)) parameters.set(field, values.join(','));
  if (from !== undefined) parameters.set('from', new Date(from).toISOString());
  if (to !== undefined) parameters.set('to', new Date(to).toISOString());
  return `/v1/stats/calls?${parameters.toString()}`;
}
