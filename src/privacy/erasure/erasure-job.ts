import type { Erasure } from '../../persistence/schema/entities/privacy.entities.js';
// What goes from hand to hand while a number is erased.
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
