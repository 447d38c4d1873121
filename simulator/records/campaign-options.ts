/** The options that decide which calls there are, and how they are put into pushes. All shares are from 0 to 1. */
export interface CampaignOptions {
  readonly seed: string;
  readonly calls: number;
  readonly tasks: number;
  /** Batches in each task. */
  readonly batches: number;
  /** `yyyy-MM-dd`, the campaigns' first day in Shanghai. */
  readonly firstDay: string;
  /** Calls in a push. Repeated and broken records are added to them. */
  readonly batchSize: number;
  readonly duplicates: number;
  readonly corrections: number;
  readonly broken: number;
  readonly brokenBodies: number;
  readonly reorder: number;
  readonly strange: number;
  /** Calls that are never pushed. */
  readonly unpushed: number;
  /** Whether the notes of answered calls are pushed too. */
  readonly notes?: boolean;
  /** Whether their recordings are announced too. */
  readonly recordings?: boolean;
}

/**
 * Returns a text of all options that change what is sent. Ids are made from it, so runs with other options have
 * other ids. Otherwise a call of an earlier run could be stored with other content, and this run would report that
 * as a fault.
 */
export function campaignFingerprint(options: CampaignOptions): string {
  return [
    options.seed,
    options.calls,
    options.tasks,
    options.batches,
    options.firstDay,
    options.batchSize,
    options.duplicates,
    options.corrections,
    options.broken,
    options.brokenBodies,
    options.reorder,
    options.strange,
    // Runs without such calls keep the ids that they had before there was this option.
    ...(options.unpushed > 0 ? [options.unpushed] : []),
    ...(options.notes === true ? ['notes'] : []),
    ...(options.recordings === true ? ['recordings'] : []),
  ].join('\n');
}
