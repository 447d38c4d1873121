// The statistics worked out another way: from the calls themselves, with PostgreSQL's own calendar.
import type { Json } from '../../contract/helpers.js';
import type { TestLedger } from '../../support/ledger.js';
import { COLUMNS, type Field, type Question } from './questions.js';

/**
 * SQL for the name of the bucket that holds an instant; $1 is the zone. An hour that the clocks show twice has one
 * local name, so hours are named by the instant of the full hour; but that PostgreSQL works out with the offset that
 * holds now, which is wrong where clocks change by half an hour: there no local hour is shown twice.
 */
function bucketName({ interval, zone }: Question, instant: string): string {
  if (interval === 'none') return `coalesce('all' || $1, '')`;
  if (interval === '15m') return `date_bin('15 minutes', ${instant}, 'epoch')::text || left($1, 0)`;
  if (interval === 'hour' && zone !== 'Australia/Lord_Howe')
    return `date_trunc('hour', ${instant}, $1::text)::text`;
  return `date_trunc('${interval}', ${instant} AT TIME ZONE $1::text)::text`;
}

type Row = Record<string, unknown> & { bucket: string };

/** What the statistics have to be: rows of a GROUP BY over the calls. */
export function expectedRows(ledger: TestLedger, question: Question): Promise<Row[]> {
  const values: unknown[] = [question.zone];
  const conditions = ['true'];
  const instant = (ms: number) => `$${values.push(new Date(ms).toISOString())}::timestamptz`;
  if (question.from !== undefined) conditions.push(`occurred_at >= ${instant(question.from)}`);
  if (question.to !== undefined) conditions.push(`occurred_at < ${instant(question.to)}`);
  for (const [field, wanted] of Object.entries(question.filters))
    conditions.push(`${COLUMNS[field as Field]} = ANY($${values.push(wanted)}::text[])`);
  const groups = question.groupBy.map((field) => COLUMNS[field]);
  const selected = question.groupBy.map((field) => `, ${COLUMNS[field]} AS "${field}"`).join('');
  const delay = `FILTER (WHERE answered AND start_time IS NOT NULL AND originate_time IS NOT NULL)`;
  return ledger.database.query<Row>(
    `SELECT ${bucketName(question, 'occurred_at')} AS bucket${selected}, count(*)::int AS calls,
       count(*) FILTER (WHERE answered)::int AS answered,
       count(*) FILTER (WHERE answered)::float8 / count(*) AS "answerRate",
       coalesce(sum(duration), 0)::int AS "totalDuration",
       coalesce(sum(duration), 0)::float8 / nullif(count(*) FILTER (WHERE answered), 0) AS "averageDuration",
       (avg(extract(epoch FROM start_time - originate_time)) ${delay})::float8 AS "averageAnswerDelay"
     FROM calls WHERE ${conditions.join(' AND ')}
     GROUP BY ${['1', ...groups].join(', ')}`,
    values,
  );
}

export interface Edge {
  [name: string]: unknown;
  at_start: string;
  before_start: string;
  before_end: string;
  at_end: string;
}

/** The names of the buckets just before, at and after the edges of the rows. */
export function namesOf(ledger: TestLedger, question: Question, rows: readonly Json[]): Promise<Edge[]> {
  const name = (instant: string) => bucketName(question, `(${instant})`);
  return ledger.database.query<Edge>(
    `SELECT ${name('s')} AS at_start, ${name(`s - interval '1 ms'`)} AS before_start,
       ${name(`e - interval '1 ms'`)} AS before_end, ${name('e')} AS at_end
     FROM unnest($2::timestamptz[], $3::timestamptz[]) WITH ORDINALITY AS edge(s, e, n) ORDER BY n`,
    [question.zone, rows.map(({ start }) => start), rows.map(({ end }) => end)],
  );
}
