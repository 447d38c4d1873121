// Statistics by hour over everything, beside the GROUP BY over the rows that one would write otherwise.
import { type Finding, median } from '../support/finding.js';
import { say } from '../support/progress.js';
import type { AskedLedger } from './asked-ledger.js';

const PATH = '/v1/stats/calls?interval=hour';
const OVER_THE_ROWS = `
  SELECT date_trunc('hour', occurred_at) AS hour, count(*), count(*) FILTER (WHERE answered), sum(duration)
  FROM calls GROUP BY 1 ORDER BY 1`;
const TIMES_A_ROUND = 3;

export async function benchStatistics(ledgers: readonly AskedLedger[], rounds: number): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { calls, client, ask } of ledgers) {
    const [http, bare]: [number[], number[]] = [[], []];
    await ask(PATH);
    await client.query(OVER_THE_ROWS);
    for (let round = 1; round <= rounds; round += 1) {
      say(`query · statistics over ${calls.toLocaleString('en')} calls, round ${round}`);
      for (let time = 0; time < TIMES_A_ROUND; time += 1) http.push(await ask(PATH));
      const begin = performance.now();
      await client.query(OVER_THE_ROWS);
      bare.push(performance.now() - begin);
    }
    findings.push({
      part: 'query',
      what: `statistics by hour over ${calls.toLocaleString('en')} calls: GROUP BY of them`,
      value: median(bare) / median(http),
      unit: '×',
      ...(calls >= 10_000_000 && { target: { atLeast: 100 } }),
      details: { ms: median(http), 'ms: GROUP BY': median(bare) },
    });
  }
  return findings;
}
