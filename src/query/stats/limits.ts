/** Of one answer: more would be megabytes that nobody reads, and take the one thread that answers everybody. */
export const MOST_BUCKETS = 10_000;
export const MOST_ROWS = 10_000;
