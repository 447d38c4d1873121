import type { Answer } from '../../api/client.js';
import { resultLabel, useCodes } from '../../api/results.js';
import { resultsOverTime, type StatsRow } from '../../api/stats.js';
import { useAsk } from '../../api/use-ask.js';
import { REST, resultColours } from '../../charts/colours.js';
import type { Series } from '../../charts/series.js';
import { TimeChart } from '../../charts/time-chart.js';
import { t } from '../../i18n/i18n.js';
import { count, shortWhole } from '../../time/format.js';
import { type Range } from '../../time/range.js';
import { Panel } from '../../ui/bits.js';
import { Shown } from '../../ui/states.js';
import { NoCalls } from './no-calls.js';

/** More colours than these can't be told apart. */
const MOST = 8;

interface Found {
  readonly range: Range;
  readonly rows: StatsRow[];
}

async function ask(range: Range, signal: AbortSignal): Promise<Answer<Found>> {
  const { data, problem } = await resultsOverTime(range, signal);
  return problem === undefined ? { data: { range, rows: data } } : { problem };
}

interface Props {
  readonly name: string;
  /** Undefined: it is not time to ask yet. */
  readonly tick: string | undefined;
  readonly range: Range;
}

/** What became of the calls, over time. */
export function Outcomes({ name, tick, range }: Props) {
  const question = (signal: AbortSignal) => ask(range, signal);
  const asked = useAsk(name, tick === undefined ? undefined : question, tick);
  return (
    <Panel title={t('overview.outcomes')} note="smartStatusCode">
      <Shown asked={asked} lines={6}>
        {(found) => (found.rows.length === 0 ? <NoCalls /> : <OutcomesChart {...found} />)}
      </Shown>
    </Panel>
  );
}

function OutcomesChart({ range, rows }: Found) {
  const codes = useCodes();
  const times = [...new Set(rows.map(({ start }) => Date.parse(start ?? '')))].sort((a, b) => a - b);
  const totals = new Map<string | null, number>();
  for (const { smartStatusCode = null, calls } of rows) {
    totals.set(smartStatusCode, (totals.get(smartStatusCode) ?? 0) + calls);
  }
  const results = [...totals].sort(([, a], [, b]) => b - a).map(([result]) => result);
  const colourOf = resultColours(results.slice(0, MOST));
  const shown = results.slice(0, MOST).map((result): Series => {
    const label = resultLabel(codes, result, t('result.none'));
    const values = valuesOf(rows, times, (other) => other === result);
    return { label, values, colour: colourOf.get(result) ?? REST, kind: 'bars' };
  });
  const rest = new Set(results.slice(MOST));
  if (rest.size > 0) {
    const values = valuesOf(rows, times, (result) => rest.has(result));
    shown.push({ label: t('result.rest'), values, colour: REST, kind: 'bars' });
  }
  const [first] = results;
  return (
    <TimeChart
      label={t('overview.outcomes.label', {
        n: results.length,
        first: resultLabel(codes, first ?? null, t('result.none')),
        calls: count(totals.get(first ?? null) ?? 0),
      })}
      times={times}
      series={shown}
      from={range.from}
      to={range.to}
      show={(value) => (value === null ? '–' : count(value))}
      showOnAxis={shortWhole}
      isStacked
      height={220}
    />
  );
}

function valuesOf(
  rows: readonly StatsRow[],
  times: readonly number[],
  isWanted: (result: string | null) => boolean,
): number[] {
  const byTime = new Map<number, number>();
  for (const { start, smartStatusCode = null, calls } of rows) {
    const at = Date.parse(start ?? '');
    if (isWanted(smartStatusCode)) byTime.set(at, (byTime.get(at) ?? 0) + calls);
  }
  return times.map((time) => byTime.get(time) ?? 0);
}
