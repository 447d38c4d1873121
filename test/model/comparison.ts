// Everything that the ledger answers, held against the reference at a quiet moment.
import type { NamedCall } from '../../src/query/calls/call.dto.js';
import { Follower } from '../query/changes/follower.js';
import type { Answer } from '../support/exchange.js';
import { answerOf, callOf, differencesOf, type Json } from './expected.js';
import type { Model } from './model.js';
import { type Sums, sumsOf } from './reference.js';
import { observe } from './settlement.js';
import type { LedgerProcess } from './stage.js';

const GROUPS = ['source', 'taskId', 'batchId', 'statusCode', 'smartStatusCode', 'hangupDirection'];
const SOURCES = ['vendor', 'other'];

/** Who asks: with a key for everything, or limited to one source. */
interface Viewer {
  readonly source: string | undefined;
  readonly key: string;
  /** Has followed the feed from the beginning. */
  readonly follower: Follower;
}

interface Page {
  readonly data: readonly Json[];
  readonly page: { readonly nextCursor: string | null };
}

export class Comparison {
  private constructor(
    private readonly model: Model,
    private readonly viewers: readonly Viewer[],
  ) {}

  static async begin(model: Model, reader: LedgerProcess): Promise<Comparison> {
    const viewers: Viewer[] = [];
    for (const source of [undefined, ...SOURCES]) {
      const limits = source === undefined ? {} : { sources: [source] };
      const scopes = ['calls:read', 'numbers:read', 'stats:read'];
      const answer = await reader.post('/v1/api-keys', { name: source ?? 'everything', scopes, ...limits });
      const { key } = answer.body as { key: string };
      viewers.push({ source, key, follower: new Follower(key) });
    }
    return new Comparison(model, viewers);
  }

  /** @returns what is not as the rule says */
  async compare(reader: LedgerProcess): Promise<string[]> {
    const differences: string[] = [];
    for (const viewer of this.viewers) {
      differences.push(...(await this.compareCalls(reader, viewer)));
      differences.push(...(await this.compareSums(reader, viewer)));
      differences.push(...(await this.compareFeed(reader, viewer)));
    }
    this.model.changed.clear();
    differences.push(...(await this.compareQuarantine(reader)), ...(await this.compareDeliveries(reader)));
    return differences;
  }

  /** @returns what is not as the rule says of each call by its id */
  async compareEach(reader: LedgerProcess): Promise<string[]> {
    const differences: string[] = [];
    for (const [callId, state] of this.model.calls) {
      const answer = await observe(reader, callId);
      differences.push(...differencesOf(answerOf(callId, state), answer, callId));
    }
    return differences;
  }

  private async compareCalls(reader: LedgerProcess, viewer: Viewer): Promise<string[]> {
    const list = (path: string) => pagesOf((page) => reader.get(page, viewer.key), path);
    const expected = this.callsFor(viewer);
    const times = Object.values(expected).map(({ lastReceivedAt }) => String(lastReceivedAt));
    const from = times.sort()[Math.floor(times.length / 2)] ?? new Date().toISOString();
    const since = Object.entries(expected).filter(([, call]) => String(call['lastReceivedAt']) >= from);
    const at = `${nameOf(viewer)} list`;
    return [
      ...differencesOf(expected, byCallId(await list('/v1/calls')), at),
      ...differencesOf(
        Object.fromEntries(since),
        byCallId(await list(`/v1/calls?receivedFrom=${from}`)),
        `${at} since ${from}`,
      ),
    ];
  }

  private callsFor({ source }: Viewer): Readonly<Record<string, Json>> {
    const calls: Record<string, Json> = {};
    for (const [callId, { row }] of this.model.calls) {
      if (row === undefined || ![undefined, row.content.source].includes(source)) continue;
      calls[callId] = callOf(callId, row);
    }
    return calls;
  }

  private async compareSums(reader: LedgerProcess, viewer: Viewer): Promise<string[]> {
    const differences: string[] = [];
    for (const groupBy of [[], ['source'], GROUPS]) {
      const parameter = groupBy.length === 0 ? '' : `?groupBy=${groupBy.join(',')}`;
      const { body } = await reader.get(`/v1/stats/calls${parameter}`, viewer.key);
      const counted = new Map<string, Sums>();
      for (const row of (body as { data: (Sums & Json)[] }).data) {
        const { calls, answered, totalDuration } = row;
        const group = JSON.stringify(groupBy.map((name) => row[name]));
        if (calls > 0) counted.set(group, { calls, answered, totalDuration });
      }
      const expected = this.sumsFor(viewer, groupBy);
      differences.push(
        ...differencesOf(Object.fromEntries(expected), Object.fromEntries(counted), `${nameOf(viewer)} sums`),
      );
    }
    return [...differences, ...(await this.compareTasks(reader, viewer))];
  }

  private async compareTasks(reader: LedgerProcess, viewer: Viewer): Promise<string[]> {
    const listed = await pagesOf((path) => reader.get(path, viewer.key), '/v1/tasks');
    const expected = [...this.sumsFor(viewer, ['taskId'])].flatMap(([group, sums]) => {
      const [taskId] = JSON.parse(group) as [string | null];
      return taskId === null ? [] : [[taskId, sums] as const];
    });
    const counted = listed
      .filter(({ calls }) => calls !== 0)
      .map(({ taskId, calls, answered, totalDuration }) => [taskId, { calls, answered, totalDuration }]);
    const at = `${nameOf(viewer)} tasks`;
    return differencesOf(Object.fromEntries(expected), Object.fromEntries(counted), at);
  }

  private sumsFor({ source }: Viewer, groupBy: readonly string[]): Map<string, Sums> {
    const isSeen = (of: string) => [undefined, of].includes(source);
    const states = [...this.model.calls.values()].map((state) => ({
      ...state,
      row: state.row !== undefined && isSeen(state.row.content.source) ? state.row : undefined,
      erased: state.erased.filter((content) => isSeen(content.source)),
    }));
    return sumsOf(states, groupBy);
  }

  /** Read from the beginning it gives the ledger's calls. Whoever has followed it has them too, but for receipts that only moved. */
  private async compareFeed(reader: LedgerProcess, viewer: Viewer): Promise<string[]> {
    const at = `${nameOf(viewer)} feed`;
    const expected = eachOf(this.callsFor(viewer), withoutNames);
    const anew = new Follower(viewer.key);
    await anew.catchUp(reader.url);
    const told = new Set<string>();
    const { follower } = viewer;
    for (let isEnd = false; !isEnd;) {
      const page = await follower.step(reader.url);
      for (const change of page.data) told.add(change.type === 'call' ? change.call.callId : change.callId);
      isEnd = page.upToDate;
    }
    const unchanged = [...told].filter((callId) => !this.model.changed.has(callId));
    return [
      ...differencesOf(expected, Object.fromEntries(anew.copy), at),
      ...differencesOf(
        eachOf(expected, withoutReceipts),
        eachOf(copyOf(follower), withoutReceipts),
        `${at}, followed`,
      ),
      ...unchanged.map((callId) => `${at} ${callId}: told, though it has not changed`),
    ];
  }

  private async compareQuarantine(reader: LedgerProcess): Promise<string[]> {
    const listed = await pagesOf((path) => reader.get(path), '/v1/quarantine');
    const textOf = (delivery: string | null, entry: Json) =>
      [delivery ?? 'a body', entry['place'], entry['raw'], entry['status']].join(' ');
    const kept = listed.map((entry) =>
      textOf(entry['records'] === null ? null : String(entry['deliveryId']), entry),
    );
    const expected = this.model.books.entries.map((entry) => textOf(entry.delivery, { ...entry }));
    return differencesOf(expected.sort(), kept.sort(), 'quarantine');
  }

  /** As they were when they were written. */
  private async compareDeliveries(reader: LedgerProcess): Promise<string[]> {
    const listed = await pagesOf((path) => reader.get(path), '/v1/deliveries');
    const pushed = listed.filter(({ via }) => via !== 'erasure');
    const noted = pushed.map(({ id, redeliveryOf }) => [String(id), redeliveryOf]);
    const expected = [...this.model.books.deliveries].map(([id, { redeliveryOf }]) => [id, redeliveryOf]);
    return differencesOf(Object.fromEntries(expected), Object.fromEntries(noted), 'deliveries');
  }
}

const nameOf = ({ source }: Viewer) => (source === undefined ? 'the' : `${source}'s`);
const copyOf = (follower: Follower): Json => Object.fromEntries(follower.copy);
const byCallId = (calls: readonly Json[]): Json =>
  Object.fromEntries(calls.map((call) => [String(call['callId']), call]));

const eachOf = (calls: Json, part: (call: unknown) => Partial<NamedCall>): Json =>
  Object.fromEntries(Object.entries(calls).map(([callId, call]) => [callId, part(call)]));

/** The feed has no names: a label is no change of a call. */
function withoutNames(call: unknown): Partial<NamedCall> {
  const { taskName: _, batchName: __, ...rest } = call as NamedCall;
  return rest;
}

function withoutReceipts(call: unknown): Partial<NamedCall> {
  const { firstReceivedAt: _, lastReceivedAt: __, ...rest } = call as NamedCall;
  return rest;
}

async function pagesOf(ask: (path: string) => Promise<Answer>, path: string): Promise<Json[]> {
  const all: Json[] = [];
  const limited = `${path}${path.includes('?') ? '&' : '?'}limit=1000`;
  for (let cursor: string | null = ''; cursor !== null;) {
    const answer: Answer = await ask(`${limited}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    const { data, page } = answer.body as Page;
    all.push(...data);
    cursor = page.nextCursor;
  }
  return all;
}
