import { type Answer } from '../../api/client.js';
import { overTime, type StatsRow, type Sum, sumOf } from '../../api/stats.js';
import { useAsk } from '../../api/use-ask.js';
import type { Series } from '../../charts/series.js';
import { TimeChart } from '../../charts/time-chart.js';
import { t } from '../../i18n/i18n.js';
import { count, hours, length, percent, shortWhole } from '../../time/format.js';
import { timeZone } from '../../state/preferences.js';
import { before, type Range, untilNow } from '../../time/range.js';
import { Panel } from '../../ui/bits.js';
import { Shown } from '../../ui/states.js';
import { Tile } from './tile.js';

interface Compared {
  readonly range: Range;
  readonly now: StatsRow[];
  /** Of the span before, when it is asked for. */
  readonly then: StatsRow[] | undefined;
}

async function ask(whole: Range, isCompared: boolean, signal: AbortSignal): Promise<Answer<Compared>> {
  const range = isCompared ? untilNow(whole, Date.now()) : whole;
  const [now, then] = await Promise.all([
    overTime(range, signal),
    isCompared ? overTime(before(range, timeZone.value), signal) : undefined,
  ]);
  if (now.problem !== undefined) return now;
  if (then?.problem !== undefined) return then;
  return { data: { range, now: now.data, then: then?.data } };
}

interface Props {
  readonly name: string;
  /** Undefined: it is not time to ask yet. */
  readonly tick: string | undefined;
  readonly range: Range;
  readonly isCompared: boolean;
}

/** Calls and answer rate over time, and what they add up to. */
export function CallsOverTime({ name, tick, range, isCompared }: Props) {
  const question = (signal: AbortSignal) => ask(range, isCompared, signal);
  const asked = useAsk(`${name} ${isCompared}`, tick === undefined ? undefined : question, tick);
  return (
    <Shown asked={asked} lines={8}>
      {(compared) => (
        <>
          <Sums {...compared} />
          <div class="pair">
            <CallsChart {...compared} />
            <RateChart {...compared} />
          </div>
        </>
      )}
    </Shown>
  );
}

function Sums({ now, then }: Compared) {
  const sum = sumOf(now);
  const past = then && sumOf(then);
  const change = (value: (of: Sum) => number) => {
    const base = past && value(past);
    return base === undefined || base === 0 ? undefined : (value(sum) - base) / base;
  };
  const points =
    past?.answerRate == null || sum.answerRate === null ? undefined : sum.answerRate - past.answerRate;
  return (
    <div class="tiles">
      <Tile title={t('sum.calls')} value={count(sum.calls)} change={change(({ calls }) => calls)} />
      <Tile
        title={t('sum.answered')}
        value={count(sum.answered)}
        change={change(({ answered }) => answered)}
      />
      <Tile title={t('sum.rate')} value={percent(sum.answerRate)} change={points} isPoints />
      <Tile title={t('sum.talked')} value={hours(sum.talked)} change={change(({ talked }) => talked)} />
      <Tile
        title={t('sum.average')}
        value={length(sum.averageTalk)}
        change={change(({ averageTalk }) => averageTalk ?? 0)}
      />
    </div>
  );
}

const timesOf = (rows: readonly StatsRow[]) => rows.map(({ start }) => Date.parse(start ?? ''));

function CallsChart({ range, now, then }: Compared) {
  const series: Series[] = [
    { label: t('sum.calls'), values: now.map(({ calls }) => calls), colour: '--calls', kind: 'bars' },
    {
      label: t('sum.answered'),
      values: now.map(({ answered }) => answered),
      colour: '--answered',
      kind: 'bars',
    },
  ];
  if (then !== undefined) {
    const values = now.map((_, index) => then[index]?.calls ?? null);
    series.push({ label: t('overview.callsBefore'), values, colour: '--ink', kind: 'dashed' });
  }
  const { calls } = sumOf(now);
  return (
    <Panel title={t('overview.calls')}>
      <TimeChart
        label={t('overview.calls.label', { n: count(calls) })}
        times={timesOf(now)}
        series={series}
        from={range.from}
        to={range.to}
        show={(value) => (value === null ? '–' : count(value))}
        showOnAxis={shortWhole}
      />
    </Panel>
  );
}

function RateChart({ range, now, then }: Compared) {
  const series: Series[] = [
    {
      label: t('sum.rate'),
      values: now.map(({ answerRate }) => answerRate),
      colour: '--accent',
      kind: 'line',
    },
  ];
  if (then !== undefined) {
    const values = now.map((_, index) => then[index]?.answerRate ?? null);
    series.push({ label: t('overview.rateBefore'), values, colour: '--ink', kind: 'dashed' });
  }
  return (
    <Panel title={t('sum.rate')}>
      <TimeChart
        label={t('overview.rate.label', { rate: percent(sumOf(now).answerRate) })}
        times={timesOf(now)}
        series={series}
        from={range.from}
        to={range.to}
        show={(value) => percent(value, 0)}
        top={1}
      />
    </Panel>
  );
}
