import type { Answer } from '../../api/client.js';
import { overTime, type StatsRow, sumOf } from '../../api/stats.js';
import { useAsk } from '../../api/use-ask.js';
import { TimeChart } from '../../charts/time-chart.js';
import { t } from '../../i18n/i18n.js';
import { timeZone } from '../../state/preferences.js';
import { chooseRange } from '../../state/route.js';
import { count, percent, shortWhole } from '../../time/format.js';
import type { Range } from '../../time/range.js';
import { Panel } from '../../ui/bits.js';
import { Shown } from '../../ui/states.js';
import { callsSeries, rateSeries } from '../overview/calls-over-time.js';

interface Props {
  readonly taskId: string;
  /** Names the range, however it moves on with time. */
  readonly name: string;
  readonly range: Range;
}

interface Found {
  readonly range: Range;
  readonly rows: StatsRow[];
}

async function ask(range: Range, taskId: string, signal: AbortSignal): Promise<Answer<Found>> {
  const { data, problem } = await overTime(range, signal, { taskId });
  return problem === undefined ? { data: { range, rows: data } } : { problem };
}

/** The calls of a campaign, and how many were answered. */
export function TaskOverTime({ taskId, name, range }: Props) {
  const asked = useAsk(`${taskId} ${name} ${timeZone.value}`, (signal) => ask(range, taskId, signal));
  return (
    <Shown asked={asked} lines={6}>
      {(found) => <Charts {...found} taskId={taskId} />}
    </Shown>
  );
}

function Charts({ range, rows, taskId }: Found & { taskId: string }) {
  const sum = sumOf(rows);
  const shared = {
    times: rows.map(({ start }) => Date.parse(start ?? '')),
    from: range.from,
    to: range.to,
    onRange: chooseRange,
  };
  return (
    <div class="pair">
      <Panel title={t('overview.calls')}>
        <TimeChart
          {...shared}
          name={t('overview.calls')}
          label={t('overview.calls.label', { n: count(sum.calls) })}
          series={callsSeries(rows, range, { taskId })}
          show={(value) => (value === null ? '–' : count(value))}
          showOnAxis={shortWhole}
        />
      </Panel>
      <Panel title={t('sum.rate')}>
        <TimeChart
          {...shared}
          name={t('sum.rate')}
          label={t('overview.rate.label', { rate: percent(sum.answerRate) })}
          series={[rateSeries(rows, { taskId })]}
          show={(value) => percent(value)}
          showOnAxis={(value) => percent(value, 0)}
          isRate
        />
      </Panel>
    </div>
  );
}
