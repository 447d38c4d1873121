import type { Answer } from '../../api/client.js';
import { resultLabel, useCodes } from '../../api/results.js';
import { type Filters, resultsOverTime, type StatsRow } from '../../api/stats.js';
import { useAsk } from '../../api/use-ask.js';
import { REST, resultColour } from '../../charts/colours.js';
import type { Series } from '../../charts/series.js';
import { TimeChart } from '../../charts/time-chart.js';
import { t } from '../../i18n/i18n.js';
import { count, percent, shortWhole } from '../../time/format.js';
import { chooseRange, goWith, route } from '../../state/route.js';
import { type Range } from '../../time/range.js';
import { Panel } from '../../ui/bits.js';
import { Empty, Shown } from '../../ui/states.js';
import { Switch } from '../../ui/switch.js';
import { callsOf } from '../calls/calls-link.js';

/** More colours than these can't be told apart. */
const MOST = 8;

interface Found {
  readonly range: Range;
  readonly filters: Filters;
  readonly rows: StatsRow[];
}

async function ask(range: Range, filters: Filters, signal: AbortSignal): Promise<Answer<Found>> {
  const { data, problem } = await resultsOverTime(range, signal, filters);
  return problem === undefined ? { data: { range, filters, rows: data } } : { problem };
}

interface Props {
  readonly name: string;
  /** Undefined: it is not time to ask yet. */
  readonly tick: string | undefined;
  readonly range: Range;
  readonly filters: Filters;
}

/** What became of the calls, over time. */
export function Outcomes({ name, tick, range, filters }: Props) {
  const question = (signal: AbortSignal) => ask(range, filters, signal);
  const asked = useAsk(name, tick === undefined ? undefined : question, tick);
  return (
    <Panel title={t('overview.outcomes')} note={<CountsOrShares />}>
      <Shown asked={asked} lines={6}>
        {(found) =>
          found.rows.length === 0 ? <Empty title={t('overview.none')} /> : <OutcomesChart {...found} />
        }
      </Shown>
    </Panel>
  );
}

/** Days with more and fewer calls are compared by shares. */
function CountsOrShares() {
  const isShares = isOfShares();
  return (
    <Switch
      label={t('overview.outcomes')}
      values={[
        {
          title: t('chart.counts'),
          isChosen: !isShares,
          choose: () => {
            goWith({ shares: undefined });
          },
        },
        {
          title: t('chart.shares'),
          isChosen: isShares,
          choose: () => {
            goWith({ shares: '1' });
          },
        },
      ]}
    />
  );
}

const isOfShares = () => route.value.query['shares'] !== undefined;

function OutcomesChart({ range, filters, rows }: Found) {
  const codes = useCodes();
  const times = [...new Set(rows.map(({ start }) => Date.parse(start ?? '')))].sort((a, b) => a - b);
  const totals = new Map<string | null, number>();
  for (const { smartStatusCode = null, calls } of rows) {
    totals.set(smartStatusCode, (totals.get(smartStatusCode) ?? 0) + calls);
  }
  const results = [...totals].sort(([, a], [, b]) => b - a).map(([result]) => result);
  const shown = results.slice(0, MOST).map((result): Series => {
    const label = resultLabel(codes, result, t('result.none'));
    const values = valuesOf(rows, times, (other) => other === result);
    const group = { smartStatusCode: result };
    return {
      label,
      values,
      colour: resultColour(result),
      kind: 'bars',
      hrefOf: (index) => {
        const row = rows.find(({ start }) => Date.parse(start ?? '') === times[index]);
        return (
          row && callsOf({ from: Date.parse(row.start ?? ''), to: Date.parse(row.end ?? '') }, filters, group)
        );
      },
      href: callsOf(range, filters, group),
    };
  });
  const rest = new Set(results.slice(MOST));
  if (rest.size > 0) {
    const values = valuesOf(rows, times, (result) => rest.has(result));
    shown.push({ label: t('result.rest'), values, colour: REST, kind: 'bars' });
  }
  const [first] = results;
  const isShares = isOfShares();
  return (
    <TimeChart
      name={t('overview.outcomes')}
      label={t('overview.outcomes.label', {
        n: results.length,
        first: resultLabel(codes, first ?? null, t('result.none')),
        calls: count(totals.get(first ?? null) ?? 0),
      })}
      times={times}
      series={isShares ? sharesOf(shown) : shown}
      from={range.from}
      to={range.to}
      show={(value) => (value === null ? '–' : isShares ? percent(value) : count(value))}
      showOnAxis={isShares ? (value) => (value > 1 ? '' : percent(value, 0)) : shortWhole}
      isStacked
      height={220}
      onRange={chooseRange}
    />
  );
}

/** Of all calls of each moment. */
function sharesOf(series: readonly Series[]): Series[] {
  const sums = (series[0]?.values ?? []).map((_, index) =>
    series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0),
  );
  return series.map((line) => ({
    ...line,
    values: line.values.map((value, index) => (value ?? 0) / (sums[index] || 1)),
  }));
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
