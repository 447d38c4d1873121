// How long questions take, on ledgers of several sizes, beside the same SQL without the service.
import type { Context } from '../context.js';
import { type Finding, median } from '../support/finding.js';
import { say } from '../support/progress.js';
import { type AskedLedger, askedLedger } from './asked-ledger.js';
import type { Question } from './questions.js';
import { benchStatistics } from './statistics.js';

const SIZES = [100_000, 1_000_000, 10_000_000];
/** Times that each question is asked in a round, by turns with its SQL. */
const TIMES_A_ROUND = 20;

/** Milliseconds, of one question on one ledger. */
interface Times {
  readonly http: number[];
  readonly bare: number[];
}

export async function benchQuery(context: Context): Promise<Finding[]> {
  const ledgers: AskedLedger[] = [];
  for (const size of context.options.ledgers ?? (context.options.quick ? SIZES.slice(0, 1) : SIZES)) {
    ledgers.push(await askedLedger(context, size));
  }
  const findings: Finding[] = [];
  const firstPages = new Map<string, number>();
  for (const { what } of ledgers.at(-1)?.questions ?? []) {
    const times = await timesOf(what, ledgers, context.options.rounds);
    findings.push(...findingsOf(what, times, ledgers, firstPages));
  }
  return [...findings, ...(await benchStatistics(ledgers, context.options.rounds))];
}

/** All ledgers by turns; the first answers of each are not counted. */
async function timesOf(
  what: string,
  ledgers: readonly AskedLedger[],
  rounds: number,
): Promise<Map<number, Times>> {
  const all = new Map<number, Times>();
  for (let round = 0; round <= rounds; round += 1) {
    say(`query · ${what}, round ${round}`);
    for (const ledger of ledgers) {
      const question = questionOf(ledger, what);
      if (question === undefined) continue;
      const times = await askBoth(ledger, question);
      const before = all.get(ledger.calls) ?? { http: [], bare: [] };
      if (round === 0) all.set(ledger.calls, before);
      else
        all.set(ledger.calls, {
          http: [...before.http, ...times.http],
          bare: [...before.bare, ...times.bare],
        });
    }
  }
  return all;
}

/** A page far behind is another one in each ledger. */
function questionOf({ questions }: AskedLedger, what: string): Question | undefined {
  const [name = ''] = what.split(', page ');
  return (
    questions.find((question) => question.what === what) ??
    (what.includes(', page ')
      ? questions.find((question) => question.what.startsWith(`${name}, page `))
      : undefined)
  );
}

async function askBoth({ ask }: AskedLedger, { path, bare }: Question): Promise<Times> {
  const times: Times = { http: [], bare: [] };
  for (let time = 0; time < TIMES_A_ROUND; time += 1) {
    times.http.push(await ask(path));
    const begin = performance.now();
    await bare();
    times.bare.push(performance.now() - begin);
  }
  return times;
}

function findingsOf(
  what: string,
  times: ReadonlyMap<number, Times>,
  ledgers: readonly AskedLedger[],
  firstPages: Map<string, number>,
): Finding[] {
  const httpOf = (calls: number) => median(times.get(calls)?.http ?? []);
  const bareOf = (calls: number) => median(times.get(calls)?.bare ?? []);
  const sizes = ledgers.map(({ calls }) => calls).filter((calls) => times.has(calls));
  const [least = 0, largest = 0] = [sizes[0], sizes.at(-1)];
  const details = Object.fromEntries(
    sizes.flatMap((calls) => [
      [`ms on ${calls.toLocaleString('en')}`, httpOf(calls)],
      [`ms by SQL on ${calls.toLocaleString('en')}`, bareOf(calls)],
    ]),
  );
  const ofSql: Finding = {
    part: 'query',
    what: `${what}: of its SQL`,
    value: median(sizes.map((calls) => httpOf(calls) / bareOf(calls))),
    unit: '×',
    target: { atMost: 2 },
    details,
  };
  const findings = [ofSql];
  if (least !== largest) {
    findings.push({
      part: 'query',
      what: `${what}: ${largest.toLocaleString('en')} calls of ${least.toLocaleString('en')}`,
      value: httpOf(largest) / httpOf(least),
      unit: '×',
      target: { atMost: 1.5 },
    });
  }
  firstPages.set(what, httpOf(largest));
  const ledger = ledgers.at(-1);
  const first = ledger === undefined ? undefined : questionOf(ledger, what)?.firstPage;
  if (first !== undefined) {
    findings.push({
      part: 'query',
      what: `${what}: of the first page`,
      value: httpOf(largest) / (firstPages.get(first) ?? NaN),
      unit: '×',
      target: { atMost: 1.2 },
    });
  }
  return findings;
}
