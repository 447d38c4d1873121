import type { Answer } from '../../api/client.js';
import { overTime, type StatsRow, sumOf } from '../../api/stats.js';
import { useAsk } from '../../api/use-ask.js';
import { TimeChart } from '../../charts/time-chart.js';
import { t } from '../../i18n/i18n.js';
import { timeZone } from '../../state/preferences.js';
import { count, shortWhole } from '../../time/format.js';
import { aligned, type Range } from '../../time/range.js';
import { HOUR_MS } from '../../time/units.js';
import { Panel } from '../../ui/bits.js';
import { Shown } from '../../ui/states.js';

interface Props {
  readonly taskId: string;
  readonly firstCallAt: string;
  readonly lastCallAt: string;
}

interface Found {
  readonly range: Range;
  readonly rows: StatsRow[];
}

async function ask(range: Range, taskId: string, signal: AbortSignal): Promise<Answer<Found>> {
  const { data, problem } = await overTime(range, signal, { taskId: [taskId] });
  return problem === undefined ? { data: { range, rows: data } } : { problem };
}

/** The calls of a campaign from its first to its last. */
export function TaskOverTime({ taskId, firstCallAt, lastCallAt }: Props) {
  // Never by minutes: those are read from the calls, of all campaigns.
  const from = Math.min(Date.parse(firstCallAt), Date.parse(lastCallAt) - 4 * HOUR_MS);
  const range = aligned(from, Date.parse(lastCallAt) + 1, timeZone.value);
  const asked = useAsk(`${taskId} ${timeZone.value}`, (signal) => ask(range, taskId, signal));
  return (
    <Panel title={t('overview.calls')}>
      <Shown asked={asked} lines={6}>
        {(found) => (
          <TimeChart
            label={t('overview.calls.label', { n: count(sumOf(found.rows).calls) })}
            times={found.rows.map(({ start }) => Date.parse(start ?? ''))}
            series={[
              {
                label: t('sum.calls'),
                values: found.rows.map(({ calls }) => calls),
                colour: '--calls',
                kind: 'bars',
              },
              {
                label: t('sum.answered'),
                values: found.rows.map(({ answered }) => answered),
                colour: '--answered',
                kind: 'bars',
              },
            ]}
            from={found.range.from}
            to={found.range.to}
            show={(value) => (value === null ? '–' : count(value))}
            showOnAxis={shortWhole}
          />
        )}
      </Shown>
    </Panel>
  );
}
