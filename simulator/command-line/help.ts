import { MOST_WAITING_PER_CONNECTION } from '../pushing/vendor.js';
import { OPTIONS, type OptionName, type OptionRow } from './option-table.js';

const GROUPS: readonly (readonly [string, readonly OptionName[]])[] = [
  ['Where', ['url', 'token', 'api-key']],
  ['What', ['calls', 'tasks', 'batches', 'seed', 'first-day']],
  ['How', ['rate', 'batch-size', 'concurrency', 'time-out', 'max-retries', 'time-scale']],
  [
    'Faults (F is a share, 0 to 1)',
    ['duplicates', 'corrections', 'broken', 'broken-bodies', 'reorder', 'strange', 'unpushed'],
  ],
  ['Notes and recordings', ['notes', 'recordings', 'misdirected']],
  ["The vendor's query API", ['serve-api', 'api-faults']],
  ['Afterwards', ['verify', 'verify-timeout', 'json', 'help']],
];

const INTRODUCTION = `Plays the vendor: invents calling campaigns and pushes their call records to a Call Ledger in the same way as
Alibaba Cloud, with the same time-out and retries.

Usage: npm run simulate -- [options]`;

const REST = `If the token or the key is not given, it is read from the environment, or else from credentials.json in
DATA_DIR (default ./data). A service with an embedded database keeps the credentials that it has generated there.

A push counts as acknowledged when it is answered in time with 200 and a JSON body with a numeric "code".
Anything else is a failure. The push is sent again after 1, 5 and 10 minutes, and then given up: by the vendor's
rules it is lost.
Without --rate, new pushes wait while ${MOST_WAITING_PER_CONNECTION} failed ones for each connection wait for their retry.
All telephone numbers are invented, from ranges that no subscriber can have.

Ctrl-C stops sending and prints the summary so far.

The query API takes every access key. If ALIYUN_ACCESS_KEY_ID and ALIYUN_ACCESS_KEY_SECRET are set, it takes this
key alone and checks the signatures. Start the service with ALIYUN_ENDPOINT=http://127.0.0.1:PORT.

Exit codes:
  0    no faults
  1    verification has found a fault or was not possible, or no push was acknowledged
  2    wrong options
  130  interrupted

Examples:
  npm run simulate -- --calls 20000 --verify
  npm run simulate -- --calls 20000 --duplicates 0.05 --corrections 0.01 --broken 0.01 --strange 0.2 --verify
  npm run simulate -- --url https://ledger.example.com --token "$TOKEN" --calls 5000 --rate 50
  npm run simulate -- --calls 20000 --unpushed 0.02 --serve-api 4000 --verify
  npm run simulate -- --calls 2000 --notes --recordings --verify
  npm run simulate -- --calls 100000 --rate 1000 --time-scale 0.01 --verify --json
`;

const HELP_COLUMN = 24;
const LINE = 110;

/** The text of `--help`. */
export function helpText(): string {
  const groups = GROUPS.map(([title, names]) => `${title}:\n${names.map(optionHelp).join('\n')}`);
  return [INTRODUCTION, ...groups, REST].join('\n\n');
}

function optionHelp(name: OptionName): string {
  const row: OptionRow = OPTIONS[name];
  const left = `  --${name}${row.value === undefined ? '' : ` ${row.value}`}`;
  const text = row.default === undefined ? row.help : `${row.help} (default ${row.default})`;
  return left.padEnd(HELP_COLUMN) + wrapped(text).join(`\n${' '.repeat(HELP_COLUMN)}`);
}

function wrapped(text: string): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (HELP_COLUMN + line.length + 1 + word.length <= LINE) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
