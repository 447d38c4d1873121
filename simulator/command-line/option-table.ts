/** One option of the command line. */
export interface OptionRow {
  /** The name of the value in the help; undefined for a switch. */
  readonly value?: string;
  readonly default?: string;
  readonly help: string;
}

/** All options, with their texts in the help. */
export const OPTIONS = {
  url: { value: 'URL', default: 'http://127.0.0.1:3000', help: 'the service to push to' },
  token: { value: 'TOKEN', help: 'push token (default: PUSH_TOKENS, else credentials.json)' },
  'api-key': { value: 'KEY', help: 'API key for --verify (default: ADMIN_API_KEY, else credentials.json)' },

  calls: { value: 'N', default: '1000', help: 'number of calls' },
  tasks: { value: 'N', default: '5', help: 'number of calling tasks (campaigns)' },
  batches: { value: 'N', default: '4', help: 'number of batches in each task' },
  seed: {
    value: 'TEXT',
    default: '1',
    help: 'the same seed and options give the same bytes; another seed gives other ids',
  },
  'first-day': {
    value: 'DAY',
    help: "the campaigns' first day, yyyy-MM-dd in Shanghai (default: such that they end today, or yesterday until the evening)",
  },

  rate: { value: 'N', default: 'unlimited', help: 'records a second, without retries' },
  'batch-size': { value: 'N', default: '100', help: 'number of calls in a push' },
  concurrency: { value: 'N', default: '4', help: 'number of pushes under way at once' },
  'time-out': { value: 'MS', default: '700', help: 'time in ms that the vendor waits for an answer' },
  'max-retries': { value: 'N', default: '3', help: 'retries of a failed push, 1, 5 and 10 minutes apart' },
  'time-scale': {
    value: 'X',
    default: '1',
    help: 'shortens the waits for retries: 0.01 makes a minute 600 ms',
  },

  duplicates: {
    value: 'F',
    default: '0',
    help: 'pushes that are sent again, and calls that are also put into another push',
  },
  corrections: { value: 'F', default: '0', help: 'calls that are sent again later with other content' },
  broken: {
    value: 'F',
    default: '0',
    help: 'added records that are not calls (no callId, or not an object)',
  },
  'broken-bodies': {
    value: 'F',
    default: '0',
    help: 'added pushes that are not JSON, cut off, or not UTF-8; 400 is expected',
  },
  reorder: { value: 'F', default: '0', help: 'pushes that are sent after later ones' },
  strange: {
    value: 'F',
    default: '0',
    help: 'calls with unusual but legal content: integers as text, ids as numbers, epoch times, "" or no field instead of null, new fields, unknown codes',
  },

  unpushed: {
    value: 'F',
    default: '0',
    help: "calls that are never pushed; only the last calls to a person, which are those that the vendor's query API lists",
  },

  notes: { help: 'also push the notes of answered calls: intent, tags and transcript' },
  recordings: {
    help: 'also announce the recordings of answered calls, and serve short audio files on 127.0.0.1; start the service with RECORDING_ALLOW_HOSTS=127.0.0.1',
  },
  misdirected: {
    help: "push notes and recordings to the reports' URL, as a wrong setting in the vendor's console does",
  },

  'serve-api': {
    value: 'PORT',
    help: "serve the vendor's query API on this port of 127.0.0.1, for all calls, until Ctrl-C",
  },
  'api-faults': {
    value: 'LIST',
    help: 'faults of that API, for example throttling=0.1,errors=0.1,no-call-id=0.5,chinese=0.5,number-ids=0.5,page-limit=7: shares of the requests, entries or answers, and the largest page',
  },

  verify: {
    help: 'afterwards, check through the API that every acknowledged call is stored once and correctly; with --serve-api and --unpushed, also that the ledger finds and repairs exactly the calls that were never pushed; with --notes and --recordings, also the conversations and the audio',
  },
  'verify-timeout': {
    value: 'S',
    default: '60',
    help: 'seconds without progress after which missing calls count as lost',
  },
  json: { help: 'also print the summary as one line of JSON at the end of stdout' },
  help: { help: 'print this help' },
} as const satisfies Record<string, OptionRow>;

export type OptionName = keyof typeof OPTIONS;
