// What was pushed and answered in, whatever is not accounted for out.
import type { TestDatabase } from '../support/database.js';
import { until } from '../support/service.js';
import type { FuzzBody } from './bodies.js';
import { type Expectation, expectationOf, type ExpectedRecords } from './expectation.js';
import type { PushAnswer } from './pusher.js';

const SUCCESS = '{"code":0,"msg":"Success"}';
const PLACE = / at (?:byte (\d+)|\/\d+)$/;
/** Beyond so many rejects of one delivery, the rest share one entry. */
const MOST_REJECT_ENTRIES = 1000;

/** A body that was answered, for the comparison with the database. */
interface Answered {
  readonly index: number;
  readonly deliveryId: string;
}
interface Acknowledged extends Answered {
  readonly records: ExpectedRecords;
}
interface Refused extends Answered {
  readonly sha256: Buffer;
}

interface DeliveryRow {
  readonly id: string;
  readonly records: number;
  readonly stored: number;
  readonly corrected: number;
  readonly duplicate: number;
  readonly quarantined: number;
  readonly is_redelivery: boolean;
  /** Rows of the quarantine that name this delivery. */
  readonly entries: number;
}

/** Holds every answer against what is in the database. Asks the database in bulk. */
export class Accounting {
  /** What is wrong, by the index of the body. */
  readonly problems: { readonly index: number; readonly problem: string }[] = [];
  private acknowledged: Acknowledged[] = [];
  private refused: Refused[] = [];

  constructor(private readonly database: TestDatabase) {}

  /** Looks at an answer, and remembers it for {@link settle}. */
  note(body: FuzzBody, answer: PushAnswer): void {
    const { index } = body;
    const expectation = expectationOf(body);
    const problem = answerProblem(expectation, answer);
    if (problem !== undefined) {
      this.problems.push({ index, problem: `${problem}: ${answer.status} ${answer.text.slice(0, 300)}` });
      return;
    }
    const { deliveryId = '' } = answer;
    if (expectation.status === 200)
      this.acknowledged.push({ index, deliveryId, records: expectation.records });
    if (expectation.status === 400 || expectation.status === 415)
      this.refused.push({ index, deliveryId, sha256: expectation.sha256 });
  }

  /** Waits until the journal is drained, then compares what was noted since the last time. */
  async settle(): Promise<void> {
    const [acknowledged, refused] = [this.acknowledged, this.refused];
    [this.acknowledged, this.refused] = [[], []];
    await this.waitUntilWritten(acknowledged, refused);
    await this.compareDeliveries(acknowledged);
    await this.compareCalls(acknowledged);
    await this.compareFields(acknowledged);
    await this.compareRefused(refused);
  }

  private async waitUntilWritten(
    acknowledged: readonly Acknowledged[],
    refused: readonly Refused[],
  ): Promise<void> {
    let missing: readonly number[] = [];
    try {
      await until('the journal to be drained', async () => {
        missing = await this.missing(acknowledged, refused);
        return missing.length === 0;
      });
    } catch (error) {
      for (const index of missing) this.problems.push({ index, problem: `kept nowhere, ${String(error)}` });
    }
  }

  /** The indexes of bodies that are not in the database. */
  private async missing(
    acknowledged: readonly Acknowledged[],
    refused: readonly Refused[],
  ): Promise<readonly number[]> {
    const rows = await this.database.query<{ index: number }>(
      `SELECT t.index FROM unnest($1::int[], $2::uuid[]) AS t(index, id)
          WHERE NOT EXISTS (SELECT FROM deliveries d WHERE d.id = t.id)
            AND NOT EXISTS (SELECT FROM quarantine q WHERE q.delivery_id = t.id)
        UNION SELECT t.index FROM unnest($3::int[], $4::bytea[]) AS t(index, sha256)
          WHERE NOT EXISTS (SELECT FROM quarantine q WHERE q.sha256 = t.sha256)`,
      [
        acknowledged.map(({ index }) => index),
        acknowledged.map(({ deliveryId }) => deliveryId),
        refused.map(({ index }) => index),
        refused.map(({ sha256 }) => sha256),
      ],
    );
    return rows.map(({ index }) => index);
  }

  private async compareDeliveries(acknowledged: readonly Acknowledged[]): Promise<void> {
    const rows = await this.database.query<DeliveryRow>(
      `SELECT d.id, d.records, d.stored, d.corrected, d.duplicate, d.quarantined,
          d.redelivery_of IS NOT NULL AS is_redelivery,
          (SELECT count(*) FROM quarantine q WHERE q.delivery_id = d.id)::int AS entries
        FROM deliveries d WHERE d.id = ANY($1)`,
      [acknowledged.map(({ deliveryId }) => deliveryId)],
    );
    const byId = new Map(rows.map((row) => [row.id, row]));
    for (const { index, deliveryId, records } of acknowledged) {
      const row = byId.get(deliveryId);
      const isRight = row !== undefined && isAccountedFor(row, records);
      if (isRight) continue;
      const { count, rejects, uncertain } = records;
      const expected = JSON.stringify({ count, rejects, uncertain });
      this.problems.push({ index, problem: `acknowledged ${expected}, kept ${JSON.stringify(row)}` });
    }
  }

  /** Every callId that could be known is a call's. */
  private async compareCalls(acknowledged: readonly Acknowledged[]): Promise<void> {
    const expected = acknowledged.flatMap(({ index, records }) =>
      [...records.calls.keys()].map((callId) => ({ index, callId })),
    );
    const rows = await this.database.query<{ call_id: string }>(
      'SELECT call_id FROM calls WHERE call_id = ANY($1)',
      [expected.map(({ callId }) => callId)],
    );
    const known = new Set(rows.map((row) => row.call_id));
    for (const { index, callId } of expected)
      if (!known.has(callId)) this.problems.push({ index, problem: `no call has the callId ${callId}` });
  }

  /** No field that nobody knows is lost, where the call is still as this delivery left it. */
  private async compareFields(acknowledged: readonly Acknowledged[]): Promise<void> {
    const expected = acknowledged.flatMap(({ index, deliveryId, records }) =>
      [...records.calls].flatMap(([callId, fields]) =>
        fields.map((field) => ({ index, deliveryId, callId, field })),
      ),
    );
    const rows = await this.database.query<{ index: number; field: string }>(
      `SELECT t.index, t.field FROM (SELECT unnest($1::int[]) AS index, unnest($2::uuid[]) AS delivery_id,
          unnest($3::text[]) AS call_id, unnest($4::text[]) AS field) AS t
        JOIN calls c ON c.call_id = t.call_id AND c.delivery_id = t.delivery_id
        WHERE NOT coalesce(c.extra ? t.field, false)`,
      [
        expected.map(({ index }) => index),
        expected.map(({ deliveryId }) => deliveryId),
        expected.map(({ callId }) => callId),
        expected.map(({ field }) => field),
      ],
    );
    for (const { index, field } of rows)
      this.problems.push({ index, problem: `the field ${field.slice(0, 100)} is lost` });
  }

  /** Each body that was refused stands in the quarantine once, byte by byte. */
  private async compareRefused(refused: readonly Refused[]): Promise<void> {
    const rows = await this.database.query<{ index: number; count: number; is_whole: boolean }>(
      `SELECT t.index, count(q.id)::int AS count, coalesce(bool_and(sha256(q.raw) = q.sha256), false) AS is_whole
        FROM unnest($1::int[], $2::bytea[]) AS t(index, sha256)
        LEFT JOIN quarantine q ON q.sha256 = t.sha256 GROUP BY t.index`,
      [refused.map(({ index }) => index), refused.map(({ sha256 }) => sha256)],
    );
    for (const { index, count, is_whole } of rows) {
      if (count !== 1 || !is_whole)
        this.problems.push({
          index,
          problem: `refused, and kept ${count} times${is_whole ? '' : ', changed'}`,
        });
    }
  }
}

function answerProblem(expectation: Expectation, answer: PushAnswer): string | undefined {
  if (answer.status !== expectation.status) return `not answered ${expectation.status}`;
  const isKept = answer.status !== 413;
  if (isKept && answer.deliveryId === undefined) return 'no X-Delivery-Id';
  if (expectation.status === 200) return answer.text === SUCCESS ? undefined : 'not the answer for a push';
  const { code, msg } = JSON.parse(answer.text) as { code?: unknown; msg?: unknown };
  if (code !== answer.status || typeof msg !== 'string' || msg === '') return 'no reason';
  if (expectation.status !== 400) return undefined;
  const place = PLACE.exec(msg);
  if (place === null) return 'no place';
  return Number(place[1] ?? 0) <= expectation.bytes ? undefined : 'a place outside the body';
}

function isAccountedFor(row: DeliveryRow, expected: ExpectedRecords): boolean {
  if (row.is_redelivery) return row.records === 0 && row.entries === 0;
  const known = row.stored + row.corrected + row.duplicate;
  return (
    row.records === expected.count &&
    known + row.quarantined === row.records &&
    row.quarantined >= expected.rejects &&
    row.quarantined <= expected.rejects + expected.uncertain &&
    row.entries === Math.min(row.quarantined, MOST_REJECT_ENTRIES + 1)
  );
}
