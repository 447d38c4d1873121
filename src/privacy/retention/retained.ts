/** What a run deleted. */
export interface Retained {
  bodies: number;
  calls: number;
  revisions: number;
  resolvedEntries: number;
  openEntries: number;
}
