// The command line in, what to measure and how long out.
import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Names of benchmarks; all when there is none. */
  readonly parts: readonly string[];
  readonly quick: boolean;
  /** Calls in a ledger that is not empty. */
  readonly rows: number;
  readonly rounds: number;
  /** Of each contender's turn in a round. */
  readonly seconds: number;
  /** Seconds of each load of `answer`, `retention` and `watching`. */
  readonly loadSeconds: number;
  /** Records a push of `ingest`; undefined: all of them. */
  readonly sizes: readonly number[] | undefined;
  /** Calls in the ledgers of `query`; undefined: all of them. */
  readonly ledgers: readonly number[] | undefined;
}

export const HELP = `npm run bench -- [part …] [options]

  --quick       on empty or small ledgers only, fewer rounds, shorter loads
  --rows N      calls in the ledger that is not empty (5000000)
  --rounds N    rounds, of which the medians are taken (5; quick: 3)
  --seconds N   each contender's turn in a round (4; quick: 2)
  --load N      seconds of each load of "answer" (60; quick: 10), of "retention" (at most 30) and "watching" (at most 20)
  --sizes N,N   records a push of "ingest" (1,20,100,1000)
  --ledgers N,N calls in the ledgers of "query" (100000,1000000,10000000)

The database is PostgreSQL's own binaries in a temporary folder, or the server of BENCH_DATABASE_URL.
`;

/** @throws TypeError for an option that there is not, Error for a value that is no number above 0 */
export function readOptions(args: string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      rows: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      load: { type: 'string' },
      sizes: { type: 'string' },
      ledgers: { type: 'string' },
    },
  });
  const { quick } = values;
  return {
    parts: positionals,
    quick,
    rows: count('rows', values.rows, 5_000_000),
    rounds: count('rounds', values.rounds, quick ? 3 : 5),
    seconds: count('seconds', values.seconds, quick ? 2 : 4),
    loadSeconds: count('load', values.load, quick ? 10 : 60),
    sizes: values.sizes?.split(',').map((text) => count('sizes', text, 0)),
    ledgers: values.ledgers?.split(',').map((text) => count('ledgers', text, 0)),
  };
}

function count(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} ${text} is no number above 0`);
  return value;
}
