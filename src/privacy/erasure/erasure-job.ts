import type { Erasure } from '../../persistence/schema/entities/privacy.entities.js';
import { mayHold, type NumberSearch } from '../../numbers/number-search.js';

/** The phases of a search, in this order. They are repeated until a whole search finds nothing. */
export const PHASES = [
  'transactions',
  'callees',
  'calls',
  'revisions',
  'notes',
  'recordings',
  'messageRevisions',
  'files',
  'bodies',
  'quarantine',
  'schemaDrift',
  'names',
  'journal',
] as const;
export type Phase = (typeof PHASES)[number];

/** Counts of what a job has erased. */
export interface ErasedCounts {
  calls: number;
  revisions: number;
  bodies: number;
  quarantineEntries: number;
  journalEntries: number;
  schemaDrift: number;
}

/** A job in progress. */
export interface ErasureJob {
  readonly id: string;
  /** Epoch milliseconds. The job covers everything that was received until then. */
  readonly requestedAt: number;
  readonly phase: Phase;
  /** How far the phase is; undefined at its beginning. */
  readonly place: string | undefined;
  readonly barrier: string | null;
  readonly failures: number;
  readonly search: NumberSearch;
}

/** What a step did, and the place after it, which is undefined if the phase is over. */
export interface ErasureStep {
  readonly next: string | undefined;
  readonly erased: Partial<ErasedCounts>;
  /** The number of rewritten texts that are not counted in `erased`. */
  readonly uncounted?: number;
}

/** What a job has erased so far. */
export function countsOf(erasure: Erasure): ErasedCounts {
  const { calls, revisions, bodies, quarantineEntries, journalEntries, schemaDrift } = erasure;
  return { calls, revisions, bodies, quarantineEntries, journalEntries, schemaDrift };
}

/** Rows that may hold the number, and the place after the rows that were looked at, which is undefined at the end. */
export interface FoundRows<Row> {
  readonly rows: readonly Row[];
  readonly next: string | undefined;
}

/** An SQL expression: the time of the request, of which the first parameter is the epoch milliseconds. */
export const REQUESTED = 'to_timestamp($1 / 1000.0)';
/** An SQL condition on the column `content`. The second and third parameters are those of the search. */
export const MAY_HOLD = mayHold('content', '$2', '$3');

/** The most contents to hold in memory at once; the size is in bytes. */
export const IN_MEMORY = { rows: Infinity, size: 4 * 1024 * 1024 };

/** Writes a place in an order of two columns as text. */
export function pair(first: string, second: string): string {
  return JSON.stringify([first, second]);
}

/** Reads a place that {@link pair} wrote. */
export function pairOf(place: string): [string, string] {
  const [first, second] = JSON.parse(place) as [string, string];
  return [first, second];
}
