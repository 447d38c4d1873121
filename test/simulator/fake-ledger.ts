import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isLosslessNumber, parse } from 'lossless-json';
import { DateTime } from 'luxon';

const TIMES = ['originateTime', 'ringTime', 'startTime', 'endTime'].flatMap((name) => [
  name,
  `b${name.charAt(0).toUpperCase()}${name.slice(1)}`,
]);
const DURATIONS = ['duration', 'bDuration'];
const IDS = ['taskId', 'batchId', 'detailId', 'callId', 'outId'];
const TEXTS = [
  'statusCode',
  'smartStatusCode',
  'statusMsg',
  'caller',
  'realCaller',
  'callee',
  'hangupDirection',
];

export type Row = Record<string, unknown>;

/** How the fake ledger betrays its promises; each hook sees what it is about to answer or store. */
export interface Faults {
  /** What is stored of an acknowledged row: `undefined` loses it. */
  store?: (row: Row) => Row | undefined;
  /** The rows that a question gets, of those that are stored. */
  answer?: (rows: Row[], query: URLSearchParams) => Row[];
  /** Acknowledged pushes are stored only after so many questions to the API. */
  storeAfterQuestions?: number;
  /** Stores a push and then answers 503, for those it is true for. */
  failAfterStoring?: (rows: Row[]) => boolean;
  totals?: (totals: Row) => Row;
  quarantine?: 'absent' | 'forgetful';
}

/**
 * A small ledger behind a real HTTP server: takes pushes as the protocol says, answers as the API does. It reads
 * records and times by other code than the simulator writes them with.
 */
export class FakeLedger {
  readonly rows = new Map<string, Row>();
  readonly quarantine: { raw: string }[] = [];
  /** The questions to the API in order: path and query. */
  readonly questions: string[] = [];
  private readonly journal: Row[][] = [];
  private readonly server = createServer((request, response) => {
    void this.serve(request, response);
  });

  private constructor(private readonly faults: Faults) {}

  static async listening(faults: Faults = {}): Promise<FakeLedger> {
    const ledger = new FakeLedger(faults);
    await new Promise<void>((resolve) => ledger.server.listen(0, '127.0.0.1', resolve));
    return ledger;
  }

  get url(): string {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    const url = new URL(request.url ?? '', 'http://localhost');
    const isReport = url.pathname.endsWith('/call-reports');
    const [status, body] =
      request.method !== 'POST'
        ? this.ask(url, request)
        : // It forgets notes and recordings.
          isReport
          ? this.push(Buffer.concat(chunks))
          : [200, { code: 0, msg: 'Success' }];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  private push(body: Buffer): [number, unknown] {
    const records = recordsIn(body);
    if (records === undefined) {
      this.quarantine.push({ raw: body.toString('latin1') });
      return [400, { code: 400, msg: 'not a push' }];
    }
    const calls = records.filter(hasCallId).map(rowOf);
    for (const record of records) if (!hasCallId(record)) this.quarantine.push({ raw: rawOf(record) });
    if (this.faults.storeAfterQuestions === undefined) this.store(calls);
    else this.journal.push(calls);
    if (this.faults.failAfterStoring?.(calls) === true) return [503, { code: 503, msg: 'too late' }];
    return [200, { code: 0, msg: 'Success' }];
  }

  private store(calls: readonly Row[]): void {
    for (const call of calls) {
      const stored = this.faults.store === undefined ? call : this.faults.store(call);
      if (stored !== undefined) this.rows.set(String(stored.callId), stored);
    }
  }

  private ask({ pathname, searchParams: query }: URL, request: IncomingMessage): [number, unknown] {
    if (request.headers.authorization !== 'Bearer key') return [401, { status: 401 }];
    this.questions.push(pathname + (query.size === 0 ? '' : `?${query.toString()}`));
    if (this.questions.length > (this.faults.storeAfterQuestions ?? 0))
      this.store(this.journal.splice(0).flat());
    if (pathname === '/v1/calls') return [200, this.calls(query)];
    if (pathname === '/v1/quarantine' && this.faults.quarantine !== 'absent')
      return [200, this.quarantined(query)];
    const task = /^\/v1\/tasks\/(\d+)$/.exec(pathname)?.[1];
    return task === undefined ? [404, { status: 404 }] : this.task(task);
  }

  private calls(query: URLSearchParams): unknown {
    const ids = query.get('callId')?.split(',');
    const found = [...this.rows.values()]
      .filter((row) => ids?.includes(String(row.callId)) ?? row.taskId === query.get('taskId'))
      .sort((one, other) => (String(one.callId) < String(other.callId) ? -1 : 1));
    return page(this.faults.answer?.(found, query) ?? found, query);
  }

  private quarantined(query: URLSearchParams): unknown {
    const forgotten = this.faults.quarantine === 'forgetful' ? 1 : 0;
    return page(this.quarantine.slice(forgotten), query);
  }

  private task(taskId: string): [number, unknown] {
    const rows = [...this.rows.values()].filter((row) => row.taskId === taskId);
    const totals = {
      taskId,
      calls: rows.length,
      answered: rows.filter((row) => row.smartStatusCode === 'ANSWERED').length,
      totalDuration: rows.reduce((sum, row) => sum + Number(row.duration), 0),
    };
    return rows.length === 0 ? [404, { status: 404 }] : [200, this.faults.totals?.(totals) ?? totals];
  }
}

function page(entries: readonly unknown[], query: URLSearchParams): unknown {
  const from = Number(query.get('cursor') ?? 0);
  // Pages of 7 at most, so that a small test has several.
  const limit = Math.min(7, Number(query.get('limit')));
  const next = from + limit < entries.length ? String(from + limit) : null;
  return { data: entries.slice(from, from + limit), page: { limit, nextCursor: next } };
}

function recordsIn(body: Buffer): unknown[] | undefined {
  try {
    const content = parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return Array.isArray(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

function hasCallId(record: unknown): record is Row {
  return isObject(record) && text(record.callId) !== null;
}

function rawOf(record: unknown): string {
  return JSON.stringify(record, (_, value: unknown) => (isLosslessNumber(value) ? value.toString() : value));
}

function text(value: unknown): string | null {
  if (isLosslessNumber(value)) return value.toString();
  return typeof value === 'string' && value !== '' ? value : null;
}

function rowOf(record: Row): Row {
  const row: Row = {};
  for (const name of [...IDS, ...TEXTS]) row[name] = text(record[name]);
  for (const name of DURATIONS) row[name] = Number(text(record[name]));
  for (const name of TIMES) row[name] = isoTime(record[name]);
  const known = new Set([...IDS, ...TEXTS, ...DURATIONS, ...TIMES]);
  const unknown = Object.entries(record).filter(([name]) => !known.has(name));
  row.extra = unknown.length === 0 ? null : JSON.parse(rawOf(Object.fromEntries(unknown)), numeric);
  return row;
}

/** What the raw text says as text but was a number. */
function numeric(_: string, value: unknown): unknown {
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
}

function isoTime(value: unknown): string | null {
  const written = text(value);
  if (written === null) return null;
  const time = /^\d{13}$/.test(written)
    ? DateTime.fromMillis(Number(written), { zone: 'utc' })
    : DateTime.fromFormat(written, 'yyyy-MM-dd HH:mm:ss', { zone: 'Asia/Shanghai' }).toUTC();
  return time.toISO();
}
