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
 * One text of all options that change what is sent. Ids are made from it, so runs with other options have other ids. Otherwise a call of
 * an earlier run would be stored with other content, and this run would take that for a fault.
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
