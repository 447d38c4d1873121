import { type Answer } from '../../api/client.js';
import { type Filters, overTime, type StatsRow, type Sum, sumOf, sumsBy } from '../../api/stats.js';
import { useAsk } from '../../api/use-ask.js';
import type { Series } from '../../charts/series.js';
import { TimeChart } from '../../charts/time-chart.js';
import { t } from '../../i18n/i18n.js';
import { count, hours, length, percent, shortWhole } from '../../time/format.js';
import { timeZone } from '../../state/preferences.js';
import { chooseRange } from '../../state/route.js';
import { before, type Range, untilNow } from '../../time/range.js';
import { Panel } from '../../ui/bits.js';
import { Shown } from '../../ui/states.js';
import { callsOf } from '../calls/calls-link.js';
import { NoCalls } from './no-calls.js';
import { Tile } from './tile.js';

interface Part {
  readonly rows: StatsRow[];
  /** Of all of the range; undefined: there are no calls. */
  readonly all: StatsRow | undefined;
}

interface Compared {
  readonly range: Range;
  readonly filters: Filters;
  readonly now: Part;
  /** Of the period before, when it is asked for. */
  readonly then: Part | undefined;
}

async function askPart(range: Range, filters: Filters, signal: AbortSignal): Promise<Answer<Part>> {
  const [rows, all] = await Promise.all([
    overTime(range, signal, filters),
    sumsBy(undefined, range, signal, filters),
  ]);
  if (rows.problem !== undefined) return rows;
  if (all.problem !== undefined) return all;
  return { data: { rows: rows.data, all: all.data[0] } };
}

async function ask(
  { range: whole, filters, isCompared }: Omit<Props, 'name' | 'tick'>,
  signal: AbortSignal,
): Promise<Answer<Compared>> {
  const range = isCompared ? untilNow(whole, Date.now()) : whole;
  const [now, then] = await Promise.all([
    askPart(range, filters, signal),
    isCompared ? askPart(before(range, timeZone.value), filters, signal) : undefined,
  ]);
  if (now.problem !== undefined) return now;
  if (then?.problem !== undefined) return then;
  return { data: { range, filters, now: now.data, then: then?.data } };
}

interface Props {
  readonly name: string;
  /** Undefined: it is not time to ask yet. */
  readonly tick: string | undefined;
  readonly range: Range;
  readonly filters: Filters;
  readonly isCompared: boolean;
}

/** Calls and answer rate over time, and what they add up to. */
export function CallsOverTime({ name, tick, ...asking }: Props) {
  const question = (signal: AbortSignal) => ask(asking, signal);
  const key = `${name} ${asking.isCompared}`;
  const asked = useAsk(key, tick === undefined ? undefined : question, tick);
  return (
    <Shown asked={asked} lines={8}>
      {(compared) => (
        <>
          {compared.now.all === undefined && <NoCalls />}
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

/** Each leads to the calls that it is of. */
function Sums({ range, filters, now, then }: Compared) {
  const sum = sumOf(now.rows);
  const past = then && sumOf(then.rows);
  const change = (value: (of: Sum) => number) => {
    const base = past && value(past);
    return base === undefined || base === 0 ? undefined : (value(sum) - base) / base;
  };
  const points =
    past?.answerRate == null || sum.answerRate === null ? undefined : sum.answerRate - past.answerRate;
  const [all, answered, missed] = [{}, { answered: 'true' }, { answered: 'false' }].map((which) =>
    callsOf(range, { ...filters, ...which }),
  );
  const delays = [now, then].map((part) => part?.all?.averageAnswerDelay ?? undefined);
  return (
    <div class="tiles">
      <Tile
        title={t('sum.calls')}
        value={count(sum.calls)}
        href={all}
        change={change(({ calls }) => calls)}
      />
      <Tile
        title={t('sum.answered')}
        value={count(sum.answered)}
        href={answered}
        change={change((of) => of.answered)}
      />
      <Tile
        title={t('sum.rate')}
        value={percent(sum.answerRate)}
        note={<Missed n={sum.calls - sum.answered} href={missed} />}
        change={points}
        isPoints
      />
      <Tile
        title={t('sum.talked')}
        value={hours(sum.talked)}
        href={answered}
        change={change(({ talked }) => talked)}
      />
      <Tile
        title={t('sum.average')}
        value={length(sum.averageTalk)}
        href={answered}
        change={change(({ averageTalk }) => averageTalk ?? 0)}
      />
      <Tile
        title={t('sum.delay')}
        value={delayText(delays[0])}
        href={answered}
        change={delays[0] && delays[1] ? (delays[0] - delays[1]) / delays[1] : undefined}
      />
    </div>
  );
}

function Missed({ n, href }: { n: number; href: string | undefined }) {
  if (n === 0) return null;
  const text = t('sum.missed', { n: count(n) });
  return href === undefined ? <>{text}</> : <a href={href}>{text}</a>;
}

/** @param seconds undefined: there is none */
export function delayText(seconds: number | null | undefined): string {
  return seconds == null ? '–' : t('unit.seconds', { n: seconds.toFixed(1) });
}

const timesOf = (rows: readonly StatsRow[]) => rows.map(({ start }) => Date.parse(start ?? ''));

function CallsChart({ range, filters, now: { rows }, then }: Compared) {
  const series: Series[] = callsSeries(rows, range, filters);
  if (then !== undefined) {
    const values = rows.map((_, index) => then.rows[index]?.calls ?? null);
    series.push({ label: t('overview.callsBefore'), values, colour: '--ink', kind: 'dashed' });
  }
  return (
    <Panel title={t('overview.calls')}>
      <TimeChart
        name={t('overview.calls')}
        label={t('overview.calls.label', { n: count(sumOf(rows).calls) })}
        times={timesOf(rows)}
        series={series}
        from={range.from}
        to={range.to}
        show={(value) => (value === null ? '–' : count(value))}
        showOnAxis={shortWhole}
        onRange={chooseRange}
      />
    </Panel>
  );
}

/** Calls, and before them the answered ones, each with the way to them. */
export function callsSeries(
  rows: readonly StatsRow[],
  range: Pick<Range, 'from' | 'to'>,
  filters: Filters,
): Series[] {
  const part = (title: 'sum.calls' | 'sum.answered', which: { answered?: string }): Series => ({
    label: t(title),
    values: rows.map((row) => (which.answered === undefined ? row.calls : row.answered)),
    colour: which.answered === undefined ? '--calls' : '--answered',
    kind: 'bars',
    hrefOf: (index) => callsOfRow(rows[index], { ...filters, ...which }),
    href: callsOf(range, { ...filters, ...which }),
  });
  return [part('sum.calls', {}), part('sum.answered', { answered: 'true' })];
}

/** The address of the calls of the part of the range that a row is of. */
function callsOfRow(
  row: StatsRow | undefined,
  filters: Filters & { readonly answered?: string },
): string | undefined {
  if (row?.start == null || row.end === null) return undefined;
  return callsOf({ from: Date.parse(row.start), to: Date.parse(row.end) }, filters);
}

function RateChart({ range, filters, now: { rows }, then }: Compared) {
  const series = [rateSeries(rows, filters)];
  if (then !== undefined) {
    const values = rows.map((_, index) => then.rows[index]?.answerRate ?? null);
    series.push({ label: t('overview.rateBefore'), values, colour: '--ink', kind: 'dashed' });
  }
  return (
    <Panel title={t('sum.rate')}>
      <TimeChart
        name={t('sum.rate')}
        label={t('overview.rate.label', { rate: percent(sumOf(rows).answerRate) })}
        times={timesOf(rows)}
        series={series}
        from={range.from}
        to={range.to}
        show={(value) => percent(value)}
        showOnAxis={(value) => percent(value, 0)}
        isRate
        onRange={chooseRange}
      />
    </Panel>
  );
}

export function rateSeries(rows: readonly StatsRow[], filters: Filters): Series {
  return {
    label: t('sum.rate'),
    values: rows.map(({ answerRate }) => answerRate),
    colour: '--accent',
    kind: 'line',
    hrefOf: (index) => callsOfRow(rows[index], filters),
  };
}
