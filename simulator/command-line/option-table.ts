/** One option of the command line. */
export interface OptionRow {
  /** What stands for the value in the help; undefined for a switch. */
  readonly value?: string;
  readonly default?: string;
  readonly help: string;
}

/** All options, in the order and with the words of the help. */
export const OPTIONS = {
  url: { value: 'URL', default: 'http://127.0.0.1:3000', help: 'the service to push to' },
  token: { value: 'TOKEN', help: 'push token (default: PUSH_TOKENS, else credentials.json)' },
  'api-key': { value: 'KEY', help: 'API key for --verify (default: ADMIN_API_KEY, else credentials.json)' },

  calls: { value: 'N', default: '1000', help: 'how many calls there are' },
  tasks: { value: 'N', default: '5', help: 'calling tasks (campaigns) they belong to' },
  batches: { value: 'N', default: '4', help: 'batches in each task' },
  seed: {
    value: 'TEXT',
    default: '1',
    help: 'the same seed and options give the same bytes, another seed other ids',
  },
  'first-day': {
    value: 'DAY',
    default: '2025-09-01',
    help: "the campaigns' first day, yyyy-MM-dd in Shanghai",
  },

  rate: { value: 'N', default: 'unlimited', help: 'records a second, retries on top' },
  'batch-size': { value: 'N', default: '100', help: 'calls in a push' },
  concurrency: { value: 'N', default: '4', help: 'pushes under way at once' },
  'time-out': { value: 'MS', default: '700', help: 'how long the vendor waits for an answer' },
  'max-retries': { value: 'N', default: '3', help: 'retries of a failed push, 1, 5 and 10 minutes apart' },
  'time-scale': {
    value: 'X',
    default: '1',
    help: 'shortens the waits for retries: 0.01 makes a minute 600 ms',
  },

  duplicates: {
    value: 'F',
    default: '0',
    help: 'pushes sent again, and calls put into another push as well',
  },
  corrections: { value: 'F', default: '0', help: 'calls sent again later with other content' },
  broken: { value: 'F', default: '0', help: 'records added that are no call (no callId, no object)' },
  'broken-bodies': {
    value: 'F',
    default: '0',
    help: 'pushes added that are no JSON, cut off, not UTF-8: 400 expected',
  },
  reorder: { value: 'F', default: '0', help: 'pushes held back behind later ones' },
  strange: {
    value: 'F',
    default: '0',
    help: 'calls with legal oddities: integers as text, ids as numbers, epoch times, "" or nothing for null, new fields, unknown codes',
  },

  verify: { help: 'then ask the API whether every acknowledged call is stored once and right' },
  'verify-timeout': {
    value: 'S',
    default: '60',
    help: 'seconds without progress until what is missing counts as lost',
  },
  json: { help: 'print the summary as one line of JSON at the end of stdout, too' },
  help: { help: 'print this' },
} as const satisfies Record<string, OptionRow>;

export type OptionName = keyof typeof OPTIONS;
