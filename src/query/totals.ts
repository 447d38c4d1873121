// Sums over calls: the SQL that reads them, and their form in the API.
import { ApiProperty } from '@nestjs/swagger';
import { isOfSources } from '../security/visible-sources.js';

/** The sums of some calls. */
export class Sums {
  @ApiProperty({ type: 'integer', description: 'Calls.', example: 120 })
  calls!: number;

  @ApiProperty({ type: 'integer', description: 'Calls that were answered.', example: 84 })
  answered!: number;

  @ApiProperty({
    type: Number,
    minimum: 0,
    maximum: 1,
    nullable: true,
    description: 'answered / calls. Null if there are no calls.',
    example: 0.7,
  })
  answerRate!: number | null;

  @ApiProperty({ type: 'integer', description: 'The duration of all calls, in seconds.', example: 5040 })
  totalDuration!: number;

  @ApiProperty({
    type: Number,
    minimum: 0,
    nullable: true,
    description: 'totalDuration / answered, in seconds. Null if no call was answered.',
    example: 60,
  })
  averageDuration!: number | null;
}

/** The sums of the calls of a task or batch. */
export class Totals extends Sums {
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the first call occurred.',
    example: '2025-06-01T01:59:45.000Z',
  })
  firstCallAt!: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the last call occurred.',
    example: '2025-06-01T03:12:07.000Z',
  })
  lastCallAt!: string | null;
}

/** Sums as `pg` returns them: `bigint` and `numeric` are text. */
export interface SumsRow {
  readonly calls: string;
  readonly answered: string;
  readonly duration: string;
}

export interface TotalsRow extends SumsRow {
  readonly first_call_at: Date | null;
  readonly last_call_at: Date | null;
}

/** The select list of {@link SumsRow} over rows of call_rollups, rollup_sums or campaign_totals. */
export const SUMS = `coalesce(sum(calls), 0) AS calls, coalesce(sum(answered), 0) AS answered,
  coalesce(sum(duration), 0) AS duration`;

/** The select list of {@link TotalsRow}. */
const TOTALS = `${SUMS}, min(first_occurred_at) AS first_call_at, max(last_occurred_at) AS last_call_at`;

/**
 * SQL for a table to join, with the totals of the calls that a viewer may see.
 *
 * @param condition the condition on campaign_totals
 * @param sources the placeholder of the viewer's sources
 */
export function totalsTable(condition: string, sources: string): string {
  return `LATERAL (SELECT ${TOTALS} FROM campaign_totals WHERE ${condition} AND ${isOfSources(sources)}) AS totals`;
}

/**
 * SQL for the condition that a viewer may see a call of a task or batch. Viewers without limits also see tasks and
 * batches without calls.
 */
export function hasVisibleCalls(condition: string, sources: string): string {
  const calls = `SELECT sum(calls) FROM campaign_totals WHERE ${condition} AND ${isOfSources(sources)}`;
  return `(${sources}::text[] IS NULL OR (${calls}) > 0)`;
}

export function sumsOf(row: SumsRow): Sums {
  const calls = Number(row.calls);
  const answered = Number(row.answered);
  const totalDuration = Number(row.duration);
  return {
    calls,
    answered,
    answerRate: calls === 0 ? null : answered / calls,
    totalDuration,
    averageDuration: answered === 0 ? null : totalDuration / answered,
  };
}

export function totalsOf(row: TotalsRow): Totals {
  return {
    ...sumsOf(row),
    firstCallAt: row.first_call_at?.toISOString() ?? null,
    lastCallAt: row.last_call_at?.toISOString() ?? null,
  };
}
