/** What decides which calls there are and how they are put into pushes. All shares are from 0 to 1. */
export interface CampaignOptions {
  readonly seed: string;
  readonly calls: number;
  readonly tasks: number;
  /** Batches in each task. */
  readonly batches: number;
  /** `yyyy-MM-dd`, the campaigns' first day in Shanghai. */
  readonly firstDay: string;
  /** Calls in a push; repeated and broken records come on top. */
  readonly batchSize: number;
  readonly duplicates: number;
  readonly corrections: number;
  readonly broken: number;
  readonly brokenBodies: number;
  readonly reorder: number;
  readonly strange: number;
}

/**
 * One text for all that shapes what is sent. Ids are drawn from it: runs with other options have other ids, since
 * the same call with other content, from a run before, would be a correction that this run knows nothing of.
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
  ].join('\n');
}
