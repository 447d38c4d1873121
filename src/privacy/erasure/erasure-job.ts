import type { Erasure } from '../../persistence/schema/entities/privacy.entities.js';
import type { NumberSearch } from '../../numbers/number-search.js';

/** What is searched, in this order: again and again, until all of it was searched and nothing was found. */
export const PHASES = [
  'transactions',
  'callees',
  'calls',
  'revisions',
  'bodies',
  'quarantine',
  'schemaDrift',
  'names',
  'journal',
] as const;
export type Phase = (typeof PHASES)[number];

/** How many of what were erased. */
export interface ErasedCounts {
  calls: number;
  revisions: number;
  bodies: number;
  quarantineEntries: number;
  journalEntries: number;
  schemaDrift: number;
}

/** A job that is being worked on. */
export interface ErasureJob {
  readonly id: string;
  /** Epoch milliseconds: what was received until then is erased. */
  readonly requestedAt: number;
  readonly phase: Phase;
  /** Undefined at the beginning of the phase. */
  readonly place: string | undefined;
  readonly barrier: string | null;
  readonly failures: number;
  readonly search: NumberSearch;
}

/** What a step did, and the place behind it; undefined when the phase is over. */
export interface ErasureStep {
  readonly next: string | undefined;
  readonly erased: Partial<ErasedCounts>;
  /** How many texts were written anew that are not counted. */
  readonly uncounted?: number;
}

/** What a job has erased so far. */
export function countsOf(erasure: Erasure): ErasedCounts {
  const { calls, revisions, bodies, quarantineEntries, journalEntries, schemaDrift } = erasure;
  return { calls, revisions, bodies, quarantineEntries, journalEntries, schemaDrift };
}

/** Rows that may hold the number, and the place behind those that were looked at; undefined at the end. */
export interface FoundRows<Row> {
  readonly rows: readonly Row[];
  readonly next: string | undefined;
}

/** Contents that are there together: bytes. */
export const IN_MEMORY = { rows: Infinity, size: 4 * 1024 * 1024 };

/** A place in an order of two columns, as text. */
export function pair(first: string, second: string): string {
  return JSON.stringify([first, second]);
}

export function pairOf(place: string): [string, string] {
  const [first, second] = JSON.parse(place) as [string, string];
  return [first, second];
}
